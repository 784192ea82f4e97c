"""What was sold, credited and came back is one piece still, and may be sold again."""

import pytest
from django.test import Client

from accounts.models import User
from invoices.books.choice import Choice
from invoices.books.stock_book import StockBook
from invoices.documents.credit_notes import Credit, credit
from invoices.exceptions import NothingToPay
from invoices.models import Invoice
from invoices.orders.returns import restock, restockable
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import again, cash, make_invoice, messages_in, page_of, send
from store.models import Order, Piece, PieceEvent
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


@pytest.fixture
def staff_client(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def sold() -> Invoice:
    """A clock for 120.00, paid, and not gone out yet."""
    invoice = make_invoice(make_item(title="Mantel clock", tax_scheme="margin"))
    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash("120")))
    return again(invoice)


def taken_back(invoice: Invoice, amount: int = 120) -> Invoice:
    parts = [Credit(invoice.lines.get().pk, again(invoice).total * amount / 120)]
    credit(invoice_id=invoice.pk, parts=parts, reason="Returned", actor=None)
    return again(invoice)


def in_state(invoice: Invoice, state: str) -> None:
    Order.objects.filter(invoice=invoice).update(state=state)


def rows(state: str) -> list[str]:
    return [row.invoice for row in StockBook(Choice(state=state))]


def test_what_came_back_is_sold_again(staff_client: Client, sam: User, sold: Invoice) -> None:
    in_state(sold, "collected")
    taken_back(sold)

    answer = send(staff_client, sold, "restock", pieces=[Piece.objects.get().pk])

    assert messages_in(answer) == "1 piece is on sale again."
    assert Piece.objects.available().count() == 1
    event = PieceEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.note) == ("returned", sam, str(sold.order))
    assert (rows("sold"), rows("stock")) == ([sold.number], [""])

    second = make_invoice(Piece.objects.get().item)
    assert rows("sold") == [sold.number, second.number]
    assert rows("stock") == []


def test_an_order_that_had_gone_out_stays_as_it_was(sam: User, sold: Invoice) -> None:
    in_state(sold, "shipped")
    take_all_back(taken_back(sold), sam)

    assert Order.objects.get().state == "shipped"
    assert Order.objects.get().paid_at


def test_an_order_of_which_nothing_is_left_is_not_sent(sam: User, sold: Invoice) -> None:
    take_all_back(taken_back(sold), sam)

    assert Order.objects.get().state == "cancelled"
    assert Order.objects.get().allowed_transitions == []
    assert again(sold).overpaid == 120


def take_all_back(invoice: Invoice, staff: User) -> int:
    pieces = Piece.objects.all()
    return restock(invoice_id=invoice.pk, version=invoice.version, pieces=pieces, actor=staff)


@pytest.mark.parametrize("amount", [0, 20])
def test_what_is_not_credited_whole_stays_sold(
    staff_client: Client, sam: User, sold: Invoice, amount: int
) -> None:
    if amount:
        taken_back(sold, amount)

    assert "Put it on sale again" not in staff_client.get(page_of(sold)).content.decode()
    with pytest.raises(NothingToPay):
        take_all_back(again(sold), sam)
    assert Piece.objects.get().sold_at


def test_what_came_back_comes_back_once(sam: User, sold: Invoice) -> None:
    take_all_back(taken_back(sold), sam)
    make_invoice(Piece.objects.get().item)

    assert not restockable(again(sold))
    with pytest.raises(NothingToPay):
        take_all_back(again(sold), sam)


def test_the_workshop_puts_nothing_on_sale(client: Client, wren: User, sold: Invoice) -> None:
    taken_back(sold)
    client.force_login(wren)

    assert client.post(f"/admin/invoices/invoice/{sold.pk}/restock/").status_code == 403
    assert Piece.objects.get().sold_at
