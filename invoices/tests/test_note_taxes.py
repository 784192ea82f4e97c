"""The tax of credit notes adds up to that of what they take back, however it is divided."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from invoices.books.accounting import invoice_rows
from invoices.books.one_stop_shop import oss_rows
from invoices.documents import issuing
from invoices.documents.credit_notes import Credit, credit, most_of_lines
from invoices.documents.drafts import write_order_lines
from invoices.documents.pdf.content import content_of
from invoices.models import Invoice
from invoices.tests.admin_steps import again, make_invoice
from money.taxes import taxes_of
from store.models import Order, OrderLine
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
SHARES = st.lists(st.integers(1, 100), max_size=6)
often = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def bill(price: str, shipping: str = "0") -> Invoice:
    """Of a lamp, and of its shipping."""
    draft = make_invoice(make_item(price=Decimal(price)), issued=False)
    OrderLine.objects.filter(order=draft.order_id).update(shipping=Decimal(shipping))
    write_order_lines(draft, Order.objects.get(invoice=draft))
    return again(issuing.issue(invoice_id=draft.pk))


def take(invoice: Invoice, amount: Decimal) -> Invoice:
    """So much of what is left of its first lines."""
    parts = []
    for line, left in most_of_lines(again(invoice)).items():
        if part := min(left, amount):
            parts.append(Credit(line, part))
            amount -= part
    return again(credit(invoice_id=invoice.pk, parts=parts, reason="", actor=None))


def taxes_said(papers: Iterable[Invoice]) -> Decimal:
    return sum((tax for paper in papers for tax in paper.taxes.values()), Decimal(0))


def test_what_is_taken_back_in_parts_leaves_no_tax() -> None:
    """Rounded by themselves they would take 0.53 each, and 0.01 would be left."""
    invoice = bill("10.00")

    notes = [take(invoice, Decimal(part)) for part in ("3.33", "3.33", "3.34")]

    # Of 10.00 it is 1.60, of 6.67 1.06, of 3.34 0.53.
    taxes = [note.taxes[Decimal(19)] for note in notes]
    assert taxes == [Decimal("-0.54"), Decimal("-0.53"), Decimal("-0.53")]
    assert taxes_said([invoice, *notes]) == 0


def test_the_accountants_file_comes_to_nothing_then() -> None:
    invoice = bill("198.00")
    for _ in range(28):
        take(invoice, Decimal("7.03"))
    note = take(invoice, Decimal("7.03"))
    day = note.issued_on
    assert day

    rows = list(invoice_rows(day, day))

    assert len(rows) == 30
    assert [sum(row[column] for row in rows) for column in (5, 7, 8)] == [0, 0, 0]


def test_the_one_stop_shop_as_well() -> None:
    invoice = make_invoice(make_item(price=Decimal("10.00")), issued=False)
    invoice.lines.update(tax_country="FR", tax_rate=20)
    issuing.issue(invoice_id=invoice.pk)
    notes = [take(invoice, Decimal(part)) for part in ("3.33", "3.33", "3.34")]
    day = notes[0].issued_on
    assert day

    [row] = oss_rows(day, day)

    assert row[2:5] == [0, 0, 0]


def test_its_paper_shows_the_tax_that_it_keeps() -> None:
    note = take(bill("10.00"), Decimal("3.33"))

    assert content_of(note).taxes == [("19 %", "−€2.79", "−€0.54", "−€3.33")]
    assert note.snapshot["taxes"] == {"19.00": "-0.54"}


def test_one_of_before_says_what_it_said_and_the_last_takes_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invoice = bill("10.00")
    with monkeypatch.context() as before:
        before.setattr(issuing, "facts_of", lambda _invoice: {})
        old = take(invoice, Decimal("3.33"))
        assert old.taxes == {Decimal(19): Decimal("-0.53")}

    notes = [take(invoice, Decimal(part)) for part in ("3.33", "3.34")]

    assert again(old).taxes == {Decimal(19): Decimal("-0.53")}
    assert taxes_said([invoice, old, *notes]) == 0


def test_of_the_margin_scheme_it_takes_none() -> None:
    invoice = make_invoice(make_item(tax_scheme="margin"))
    note = take(invoice, Decimal(20))

    assert (note.taxes, note.snapshot["taxes"]) == ({}, {})


@often
@given(st.decimals("0.01", "300", places=2), st.decimals("0", "20", places=2), SHARES)
@example(Decimal("198.00"), Decimal("0.00"), [4] * 6)
def test_however_it_is_divided_what_is_left_has_its_tax_in_it(
    price: Decimal, shipping: Decimal, shares: list[int]
) -> None:
    invoice = bill(str(price), str(shipping))
    papers = [invoice]
    for share in [*shares, 100]:
        left = again(invoice).left_of_total
        if left:
            part = (left * share / 100).quantize(Decimal("0.01")) or left
            papers.append(take(invoice, part))
        left = again(invoice).left_of_total
        assert taxes_said(papers) == taxes_of([(Decimal(19), left)])[Decimal(19)]
        assert all(tax <= 0 for note in papers[1:] for tax in note.taxes.values())
    assert taxes_said(papers) == 0
