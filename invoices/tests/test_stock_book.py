from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from invoices.books.choice import Choice
from invoices.books.stock_book import StockBook
from invoices.books.stock_rows import Row, Sums, sums_by_currency, sums_of
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import make_invoice
from store.models import Item, Order, OrderLine, Piece, ShopProfile
from store.services import restock_pieces
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]

EVERYTHING = Choice(margin_only=False)


def make_piece(*, cost: str | None = "70", scheme: str = "margin", **fields: Any) -> Item:
    """A thing for 120.00, bought for so much a year ago."""
    item = make_item(tax_scheme=scheme, **fields)
    bought = {"purchase_price": cost and Decimal(cost), "purchased_from": "Ms Ashdown"}
    day = timezone.localdate() - timedelta(days=365)
    item.pieces.update(purchased_on=day, **bought)
    return item


def sell(**fields: Any) -> Invoice:
    return make_invoice(make_piece(**fields))


def only_row(choice: Choice = EVERYTHING) -> Row:
    [row] = StockBook(choice)
    return row


def test_the_tax_is_in_the_margin() -> None:
    invoice = sell()
    row = only_row()

    assert [row.bought_for, row.sold_for, row.margin] == [70, 120, 50]
    # 50.00 x 19 / 119 = 7.983…
    assert row.tax == Decimal("7.98")
    assert (row.invoice, row.sold_on) == (invoice.number, invoice.issued_on)
    assert row.bought_from == "Ms Ashdown"


def test_shipping_is_part_of_the_price() -> None:
    item = make_piece()
    draft = make_invoice(item, issued=False)
    Invoice.objects.all().delete()
    OrderLine.objects.update(shipping=Decimal("9.90"))
    assert draft.order is not None
    sold = reissue(draft.order)

    assert sold.total == Decimal("129.90")
    assert only_row().sold_for == Decimal("129.90")


def reissue(order: Order) -> Invoice:
    return issue(invoice_id=bill_order(Order.objects.get(pk=order.pk)).pk)


def test_a_loss_is_no_negative_tax() -> None:
    sell(cost="200")
    sell()
    sums = sums_of(StockBook(EVERYTHING))

    assert [row.margin for row in StockBook(EVERYTHING)] == [0, 50]
    assert sums.tax == Decimal("7.98")


def test_a_credit_note_lowers_the_price() -> None:
    invoice = sell()
    parts = [Credit(invoice.lines.get().pk, Decimal(20))]
    credit(invoice_id=invoice.pk, parts=parts, reason="Scratch", actor=None)

    assert [only_row().sold_for, only_row().margin] == [100, 30]


def test_what_was_taken_back_has_no_margin() -> None:
    invoice = sell()
    credit(invoice_id=invoice.pk, reason="Returned", actor=None)
    # It was never paid: the piece is in the shop again.
    in_stock, taken_back = sorted(StockBook(EVERYTHING), key=lambda row: row.invoice)

    assert [taken_back.sold_for, taken_back.tax, taken_back.bought_for] == [0, 0, None]
    assert taken_back.note == "Taken back by credit note."
    assert [in_stock.sale, in_stock.bought_for] == [None, 70]


def test_sold_less_bought_is_the_margin_whatever_came_back() -> None:
    come_back(sell(cost="50"))
    sell(cost="70")
    sell(cost="200")
    sell(cost=None)
    sell(scheme="standard", cost="30")
    sums = StockBook(EVERYTHING).sums

    assert sums.sold_for - sums.bought_for + sums.loss == sums.margin == 50
    assert [sums.sold_for, sums.bought_for, sums.loss] == [240, 270, 80]
    assert [sums.unknown_sold_for, sums.other_sold_for, sums.other_bought_for] == [120, 120, 30]
    assert sums.stock_bought_for == 50
    assert sums.all_bought_for == sum(row.bought_for or 0 for row in StockBook(EVERYTHING))


def test_the_header_says_so(client: Client, sam: User) -> None:
    come_back(sell(cost="50"))
    sell(cost="70")
    client.force_login(sam)
    page = client.get("/admin/invoices/invoice/stock-book/?by=sale&state=all").content.decode()

    assert "sold for €120.00, bought for €70.00: margin €50.00" in page
    assert "In stock: bought for €50.00." in page
    sell(cost="200")
    page = client.get("/admin/invoices/invoice/stock-book/").content.decode()
    assert "sold for €240.00, bought for €270.00, of it at a loss €80.00: margin €50.00" in page


def come_back(invoice: Invoice) -> None:
    received = Received(invoice.total, Payment.Method.CASH, timezone.localdate())
    record_payment(invoice_id=invoice.pk, received=received, actor=None)
    credit(invoice_id=invoice.pk, reason="Returned", actor=None)
    restock_pieces(Piece.objects.all(), order_id=invoice.order_id or 0)


def test_a_missing_purchase_price_is_said_and_not_nothing() -> None:
    sell(cost=None)
    row = only_row()

    assert (row.margin, row.tax) == (None, None)
    assert "purchase price is missing" in row.note
    assert sums_of([row]).unknown == StockBook(EVERYTHING).sums.unknown == 1

    # Paid, and taken back before it is here again.
    received = Received(Decimal(120), Payment.Method.CASH, timezone.localdate())
    record_payment(invoice_id=row.sale or 0, received=received, actor=None)
    credit(invoice_id=row.sale or 0, reason="Returned", actor=None)
    assert StockBook(EVERYTHING).sums.unknown == 0


def test_what_stands_here_has_not_come_back() -> None:
    make_piece()

    assert (only_row().came_back, only_row().note) == (False, "")


def test_what_was_got_for_nothing_is_all_margin() -> None:
    sell(cost="0")

    assert only_row().margin == 120


def test_drafts_are_no_sales() -> None:
    make_invoice(make_piece(), issued=False)

    assert only_row().invoice == ""
    assert only_row().sold_for is None


def test_each_piece_is_rounded_for_itself() -> None:
    for _ in range(3):
        sell(cost="119.97")

    # 0.03 x 19 / 119 = 0.0047…: nothing three times, not 0.01.
    assert sums_of(StockBook(EVERYTHING)).tax == 0


def test_the_choices() -> None:
    sell(title="Sold")
    make_piece(title="In stock")
    sell(title="Standard", scheme="standard")
    make_piece(title="Standard in stock", scheme="standard")
    make_piece(title="Withdrawn").pieces.update(withdrawn_at=timezone.now())
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    a_year_ago = today - timedelta(days=365)

    def things(**choice: Any) -> list[str]:
        return [row.thing for row in StockBook(Choice(**choice))]

    assert things() == ["Sold", "In stock", "Withdrawn"]
    everything = ["Sold", "In stock", "Standard", "Standard in stock", "Withdrawn"]
    assert things(margin_only=False) == everything
    assert things(state="sold") == ["Sold"]
    assert things(state="stock") == ["In stock"]
    assert things(start=today, end=today) == ["Sold"]
    assert things(start=tomorrow) == things(start=tomorrow, end=tomorrow) == []
    assert things(end=today - timedelta(days=1)) == []
    bought_then = things(by="purchase", start=a_year_ago, end=a_year_ago)
    assert bought_then == ["Sold", "In stock", "Withdrawn"]
    assert things(by="purchase", start=today) == []
    assert things(by="purchase", start=today, end=today) == []


def test_of_other_schemes_no_margin_is_told() -> None:
    sell(scheme="standard")

    assert (only_row().margin, only_row().tax) == (None, None)


def test_many_pieces_are_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(5):
        sell()
        make_piece()

    with django_assert_num_queries(1):
        assert len(list(StockBook(EVERYTHING))) == 10
    # Of one currency, its sales and the rest.
    with django_assert_num_queries(2):
        assert StockBook(EVERYTHING).count == 10


def test_the_database_comes_to_the_same_sums() -> None:
    ShopProfile.objects.update_or_create(defaults={"tax_rate": Decimal(20)})
    # 0.03 x 20 / 120 is half a cent, which is rounded up; the others are a loss, an unknown
    # margin, one without tax in it, and a piece that came back and was sold again.
    for cost in ("119.97", "200", None, "0"):
        sell(cost=cost)
    sell(scheme="standard")
    make_piece(cost="31.40")
    sell_again(sell(cost="50"))

    for choice in (EVERYTHING, Choice(), Choice(state="sold"), Choice(state="stock")):
        book = StockBook(choice)
        assert book.sums == sums_of(book)
    assert StockBook(EVERYTHING).sums.tax == Decimal("0.01") + 20 + 20 + Decimal("11.67")
    assert StockBook(EVERYTHING).sums.unknown == 1


def sell_again(invoice: Invoice) -> Invoice:
    """Take part of the price back, and sell the same piece to somebody else."""
    line = invoice.lines.get()
    credit(invoice_id=invoice.pk, parts=[Credit(line.pk, Decimal("0.01"))], reason="", actor=None)
    assert line.piece is not None
    Piece.objects.filter(pk=line.piece.pk).update(order=None, sold_at=None)
    return make_invoice(line.piece.item)


def test_a_page_is_part_of_the_whole() -> None:
    sell_again(sell())
    for _ in range(3):
        sell()
        make_piece()
    book = StockBook(EVERYTHING)

    # Both sales of the first piece, each on a page of its own.
    assert book[0:1] + book[1:4] + book[4:9] == list(book)
    assert book.sums.rows == 8


def test_two_currencies_are_never_added(settings: Settings, client: Client, sam: User) -> None:
    """A shop that went over to yen: a clock sold before, and one of two that were bought before."""
    sell(cost="70")
    stays, goes = make_piece(cost="50"), make_piece(cost="60")
    settings.CURRENCY = "JPY"
    make_invoice(goes)
    make_invoice(make_piece(cost="100"))
    book = StockBook(EVERYTHING)

    assert book.sums_by_currency == sums_by_currency(book)
    assert book.sums == book.sums_by_currency["JPY"]
    assert StockBook(Choice(end=timezone.localdate() - timedelta(days=1))).sums == Sums()
    euro, yen = book.sums_by_currency["EUR"], book.sums_by_currency["JPY"]
    assert [euro.sold_for, euro.bought_for, euro.margin, euro.tax] == [120, 70, 50, Decimal("7.98")]
    assert [euro.stock_bought_for, euro.rows] == [50, 2]
    # 20 x 19 / 119 = 3.19…, in whole yen.
    assert [yen.sold_for, yen.bought_for, yen.margin, yen.tax] == [120, 100, 20, 3]
    assert [yen.unknown, yen.unknown_sold_for, yen.rows] == [1, 120, 2]
    assert stays.pieces.get().purchase_currency == "EUR"

    client.force_login(sam)
    page = client.get("/admin/invoices/invoice/stock-book/?by=sale&state=all").text
    for words in ("Bought for €60.00, in another currency", "€7.98", "¥3", "EUR", "JPY"):
        assert words in page
