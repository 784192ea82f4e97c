"""What is over stays as it was, and the books of times that follow each other add up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from invoices.books.accounting import invoice_rows
from invoices.books.choice import Choice
from invoices.books.stock_book import StockBook
from invoices.books.stock_rows import Row, sums_by_currency, sums_of
from invoices.documents import issuing
from invoices.documents.credit_notes import Credit, credit, most_of_lines
from invoices.documents.drafts import bill_order
from invoices.models import Invoice
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import again, cash
from store.models import Item, Order, OrderLine, Piece
from store.services import restock_pieces
from store.tests.factories import make_item, make_order

# One life takes back several times.
pytestmark = [pytest.mark.django_db, pytest.mark.on_both, pytest.mark.many_acts]
Issue = Callable[[date], None]
TODAY, LATER = date(2025, 11, 30), date(2026, 2, 1)
BEFORE, AFTER = (
    Choice(margin_only=False, start=date(year, 1, 1), end=date(year, 12, 31))
    for year in (2025, 2026)
)
# After the last month of a life, counted as `first_of` does.
LAST = 16
# Neither adds up: a sale and its correction in the next month are a row of each.
NO_AMOUNTS = {"rows", "unknown"}


@pytest.fixture
def issue_on(monkeypatch: pytest.MonkeyPatch) -> Issue:
    """Let what is issued from now on be of this day."""
    take_number, day = issuing.take_number, [TODAY]

    def take(prefix: str) -> issuing.TakenNumber:
        noon = timezone.make_aware(datetime.combine(day[0], datetime.min.time())).replace(hour=12)
        return take_number(prefix)._replace(at=noon)

    monkeypatch.setattr(issuing, "take_number", take)
    return lambda chosen: day.__setitem__(0, chosen)


def make_thing(cost: str | None = "70", scheme: str = "margin") -> Item:
    """For 120.00."""
    item = make_item(tax_scheme=scheme)
    item.pieces.update(purchase_price=cost and Decimal(cost))
    return item


def sell(item: Item, *, shipping: str = "0", discount: str = "0") -> Invoice:
    order = make_order(item)
    OrderLine.objects.filter(order=order).update(shipping=Decimal(shipping))
    Order.objects.filter(pk=order.pk).update(discount=Decimal(discount))
    draft = bill_order(Order.objects.get(pk=order.pk))
    record_payment(invoice_id=draft.pk, actor=None, received=Received(**cash(str(draft.total))))
    return again(issuing.issue(invoice_id=draft.pk))


def take(invoice: Invoice, amount: str | None = None) -> Invoice:
    """So much of the price of its thing, or all that is left of it."""
    line, most = next(iter(most_of_lines(again(invoice)).items()))
    parts = [Credit(line, most if amount is None else Decimal(amount))]
    return credit(invoice_id=invoice.pk, parts=parts, reason="", actor=None)


def restock(invoice: Invoice) -> None:
    restock_pieces(Piece.objects.all(), order_id=invoice.order_id or 0)


def figures(row: Row) -> list[Decimal | None]:
    return [row.sold_for, row.bought_for, row.margin, row.tax]


def rows(choice: Choice) -> list[Row]:
    return list(StockBook(choice))


def test_a_note_of_next_year_corrects_next_year(issue_on: Issue) -> None:
    invoice = sell(make_thing())
    [before] = rows(BEFORE)
    issue_on(LATER)
    note = take(invoice)

    assert rows(BEFORE) == [before]
    assert figures(before) == [120, 70, 50, Decimal("7.98")]
    [correction] = rows(AFTER)
    assert figures(correction) == [-120, -70, -50, Decimal("-7.98")]
    assert [correction.invoice, correction.sold_on] == [note.number, LATER]
    assert correction.note == f"Correction of {invoice.number}."


def test_it_is_the_same_once_the_thing_is_here_and_sold_again(issue_on: Issue) -> None:
    """The price that it was bought for is counted once."""
    invoice = sell(make_thing())
    issue_on(LATER)
    take(invoice)
    corrected = rows(AFTER)
    restock(invoice)
    assert rows(AFTER) == corrected
    sell(invoice.lines.all()[0].piece.item)  # type: ignore[union-attr]

    assert [row.bought_for for row in rows(BEFORE)] == [70]
    assert [row.bought_for for row in rows(AFTER)] == [-70, 70]
    assert StockBook(Choice()).sums.all_bought_for == 70


def test_of_what_was_taken_back_and_is_not_here_the_price_is_counted_once() -> None:
    take(sell(make_thing()))
    sold, thing = sorted(rows(Choice()), key=lambda row: row.invoice, reverse=True)

    assert [sold.bought_for, thing.bought_for] == [None, 70]
    assert thing.note == "Taken back by credit note, and not in stock again."
    assert rows(Choice(state="stock")) == []


def test_parts_taken_back_over_time_each_stand_in_their_own(issue_on: Issue) -> None:
    invoice = sell(make_thing())
    # The second takes what is left of the margin, and 10.00 more.
    expected: dict[str, list[Any]] = {
        "20": [-20, None, -20, Decimal("-3.19")],
        "40": [-40, None, -30, Decimal("-4.79")],
        "60": [-60, -70, 0, 0],
    }
    for month, (amount, change) in enumerate(expected.items(), start=1):
        issue_on(date(2026, month, 15))
        take(invoice, amount)
        [row] = rows(months(12 + month, 12 + month))
        assert figures(row) == change

    [year] = rows(AFTER)
    assert figures(year) == [-120, -70, -50, Decimal("-7.98")]
    assert figures(rows(Choice(start=date(2025, 1, 1), end=LATER))[0])[:2] == [100, 70]


def first_of(month: int) -> date:
    """The first day of a month that is counted from January 2025 on, as 1."""
    return date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def months(first: int, last: int) -> Choice:
    end = first_of(last + 1) - timedelta(days=1)
    return Choice(margin_only=False, start=first_of(first), end=end)


def test_shipping_that_is_kept_is_all_margin_from_the_note_on(issue_on: Issue) -> None:
    invoice = sell(make_thing(), shipping="9.90")
    issue_on(LATER)
    take(invoice)

    assert [row.margin for row in rows(BEFORE)] == [Decimal("59.90")]
    assert [row.margin for row in rows(AFTER)] == [-50]


def test_only_the_thing_that_was_taken_back_is_corrected(issue_on: Issue) -> None:
    item = make_item(pieces=2, tax_scheme="margin")
    invoice = sell(item)
    issue_on(LATER)
    take(invoice)

    assert len(rows(BEFORE)) == 2
    assert len(rows(AFTER)) == StockBook(AFTER).count == 1


def test_the_correction_of_an_unknown_margin_is_unknown(issue_on: Issue) -> None:
    invoice = sell(make_thing(cost=None))
    issue_on(LATER)
    take(invoice, "20")
    [row] = rows(AFTER)

    assert figures(row) == [-20, None, None, None]
    assert "Correction of" in row.note
    assert "purchase price is missing" in row.note


def test_page_and_file_show_corrections(issue_on: Issue, client: Client, sam: User) -> None:
    invoice = sell(make_thing())
    issue_on(LATER)
    take(invoice)
    client.force_login(sam)
    url = "/admin/invoices/invoice/stock-book/"
    days: dict[str, Any] = {"start": AFTER.start, "end": AFTER.end, "by": "sale", "state": "all"}

    page = client.get(url, days).text
    answer: Any = client.get(url, {**days, "csv": "yes", "dialect": "point"})
    file = b"".join(answer.streaming_content).decode("utf-8-sig")

    for words in ("−€120.00", "−€70.00", "−€7.98", f"Correction of {invoice.number}."):
        assert words in page
    assert f",-120.00,-50.00,19.00,-7.98,Correction of {invoice.number}." in file


def test_many_corrections_are_one_query(
    issue_on: Issue, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sold = [sell(make_thing()) for _ in range(4)]
    issue_on(LATER)
    for invoice in sold:
        take(invoice)

    with django_assert_num_queries(1):
        assert len(rows(AFTER)) == 4
    with django_assert_num_queries(1):
        assert StockBook(AFTER).count == 4


THINGS = st.lists(
    st.tuples(
        st.sampled_from(["70", "119.97", "200", "0", None]),
        st.sampled_from(["margin", "margin", "standard"]),
        st.sampled_from(["0", "9.90"]),
        st.sampled_from(["0", "13.33"]),
    ),
    min_size=1,
    max_size=3,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "part", "thing", "all", "restock", "wait"]),
        st.integers(0, 2),
        st.decimals("0.01", "80", places=2),
    ),
    max_size=14,
)
often = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Life:
    """Things are sold, taken back and sold again over the months."""

    def __init__(self, things: list[Any], issue_on: Issue) -> None:
        self.items = [(make_thing(*thing[:2]), thing[2], thing[3]) for thing in things]
        self.last: dict[int, Invoice] = {}
        self.issue_on, self.month, self.printed = issue_on, 1, dict[int, Any]()
        issue_on(first_of(1))

    def step(self, what: str, number: int, amount: Decimal) -> None:
        number %= len(self.items)
        if what == "wait":
            self.printed[self.month] = amounts_of(months(self.month, self.month))
            self.month += 1
            self.issue_on(first_of(self.month))
            return
        item, shipping, discount = self.items[number]
        if what == "sell" and Piece.objects.available().filter(item=item).exists():
            self.last[number] = sell(item, shipping=shipping, discount=discount)
        elif invoice := self.last.get(number):
            self.take(what, invoice, amount)

    def take(self, what: str, invoice: Invoice, amount: Decimal) -> None:
        line, most = next(iter(most_of_lines(again(invoice)).items()))
        if what == "part" and most:
            take(invoice, str(min(most, amount)))
        elif what == "thing" and most:
            take(invoice)
        elif what == "all" and any(again(invoice).creditable.values()):
            credit(invoice_id=invoice.pk, reason="", actor=None)
        elif what == "restock" and not again(invoice).creditable[line]:
            restock(invoice)


def amounts_of(choice: Choice) -> dict[str, Decimal]:
    sums = asdict(StockBook(choice).sums)
    return {name: amount for name, amount in sums.items() if name not in NO_AMOUNTS}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@often
@given(THINGS, STEPS, st.lists(st.integers(2, LAST - 1), max_size=3))
@example(
    [("70", "margin", "9.90", "0")],
    [
        *(("sell", 0, Decimal(1)), ("wait", 0, Decimal(1)), ("part", 0, Decimal(20))),
        *(("wait", 0, Decimal(1)), ("thing", 0, Decimal(1)), ("wait", 0, Decimal(1))),
        *(("restock", 0, Decimal(1)), ("sell", 0, Decimal(1)), ("wait", 0, Decimal(1))),
        ("all", 0, Decimal(1)),
    ],
    [3],
)
def test_any_split_of_time_adds_up_and_what_is_over_stays(
    issue_on: Issue, things: list[Any], steps: list[Any], cuts: list[int]
) -> None:
    with undone():
        life = Life(things, issue_on)
        for step in steps:
            life.step(*step)
        assert life.printed == {month: amounts_of(months(month, month)) for month in life.printed}

        starts = sorted({1, *cuts, LAST})
        choices = [months(first, after - 1) for first, after in pairwise(starts)]
        whole = months(1, LAST - 1)
        for choice in (*choices, whole):
            check(choice)
        parts = [amounts_of(choice) for choice in choices]
        assert amounts_of(whole) == {
            name: sum(part[name] for part in parts) for name in amounts_of(whole)
        }
        sold = amounts_of(Choice(margin_only=False)) | {"stock_bought_for": 0}
        assert sold == amounts_of(whole)
        everything = StockBook(Choice(margin_only=False)).sums.all_bought_for
        assert everything == sum(p.purchase_price or 0 for p in Piece.objects.all())


def check(choice: Choice) -> None:
    """Against the rows, page by page, and the accountant's file of the same days."""
    book = StockBook(choice)
    all_rows = list(book)
    assert book.sums == sums_of(all_rows)
    assert book.sums_by_currency == sums_by_currency(all_rows)
    assert [*book[0:1], *book[1:3], *book[3:99]] == all_rows
    assert choice.start
    assert choice.end
    told = [row[9] for row in invoice_rows(choice.start, choice.end)]
    by_scheme = book.sums.sold_for + book.sums.unknown_sold_for
    assert by_scheme == sum(amount for amount in told if amount)
