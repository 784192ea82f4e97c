"""Without VAT goes what staff say is an export: a price, papers and money that follow it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.issuing import issue, issue_due
from invoices.documents.pdf import content_of
from invoices.exceptions import NothingToPay
from invoices.models import Invoice, InvoiceEvent
from invoices.orders.correcting import correct_order
from invoices.orders.discounts import give_discount
from invoices.orders.taking_back import take_back
from invoices.orders.taking_back_plan import Wish
from invoices.orders.taxing import Way, decide_tax, ways_for
from invoices.tests.admin_steps import again, send
from invoices.tests.test_checkout import ADDRESS
from invoices.tests.test_destination_taxes import CANARIES, PARIS, flat, placed
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item
from store.tests.taxes import shop_in, tax_by_destination

pytestmark = pytest.mark.django_db
BRAZIL = {**ADDRESS, "postcode": "01310-100", "city": "São Paulo", "country_code": "BR"}
BRAZIL |= {"region": "SP"}
PROOF = "ABD 2026/17"
PHRASE = "Tax-free export: exempt by Article 146 of Directive 2006/112/EC"


@pytest.fixture(autouse=True)
def shop() -> ShopProfile:
    return shop_in("DE")


@pytest.fixture
def staff(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def order() -> Order:
    """Of 119.00, 50.00 by the margin scheme, and 11.90 of shipping, to Brazil."""
    clock = make_item(price=Decimal(119), shipping=Decimal("11.90"))
    bust = make_item(price=Decimal(50), shipping=0, tax_scheme=Item.TaxScheme.MARGIN)
    return placed(clock, bust, where=BRAZIL)


def decide(order: Order, way: Way, actor: User, note: str = PROOF) -> Order:
    invoice = again(order.invoice)
    decide_tax(invoice_id=invoice.pk, version=invoice.version, way=way, note=note, actor=actor)
    return Order.objects.get(pk=order.pk)


def agree(order: Order) -> None:
    """The order, its draft and what they ask for are one sum."""
    invoice = Invoice.objects.get(order=order)
    assert order.total == invoice.total == sum(line.total for line in invoice.lines.all())


@pytest.mark.on_both
def test_staff_say_that_an_order_is_an_export_and_take_it_back(staff: Client, order: Order) -> None:
    assert order.total == Decimal("180.90")

    page = send(staff, order.invoice, "tax", way="export", note=PROOF).content.decode()

    assert "It comes to €160.00 now." in page
    assert f"Why it is without VAT {PROOF}" in flat(page)
    order = Order.objects.get()
    assert (order.total, order.tax_off, order.export_note) == (
        Decimal(160),
        Decimal("20.90"),
        PROOF,
    )
    agree(order)
    shown = flat(staff.get(order.get_absolute_url()).text)
    assert f"VAT taken off (export) −€20.90 Total €160.00 {PHRASE}" in shown
    assert PROOF not in shown
    mail = mails_sent()[-1]
    assert mail.subject == f"{order} comes to €160.00 now"
    assert f"VAT taken off (export): −€20.90\nTotal: €160.00\n{PHRASE}" in mail.body
    event = InvoiceEvent.objects.filter(kind=InvoiceEvent.Kind.BILLED).last()
    assert event
    assert PROOF in event.note

    send(staff, again(order.invoice), "tax", way="home")

    order = Order.objects.get()
    assert (order.total, order.tax_off, order.export_note) == (Decimal("180.90"), Decimal(0), "")
    agree(order)


def test_the_invoice_and_its_credit_note_show_no_tax(order: Order, sam: User) -> None:
    decide(order, Way.EXPORT, sam)
    invoice = issue(invoice_id=order.invoice.pk)

    assert invoice.taxes == {}
    content = content_of(invoice)
    assert [row[3:] for row in content.lines] == [
        ("0 %", "€100.00"),
        ("0 %", "€10.00"),
        ("–", "€50.00"),
    ]
    assert content.legal[1:] == [PHRASE]
    line = invoice.lines.order_by("pk")[0]
    note = credit(
        invoice_id=invoice.pk, parts=[Credit(line.pk, Decimal(40))], reason="x", actor=sam
    )
    assert (note.total, note.taxes) == (Decimal(-40), dict[Decimal, Decimal]())
    assert PHRASE in content_of(again(note)).legal
    assert ways_for(again(invoice)) == []


def test_a_discount_before_and_after_is_without_vat_too(order: Order, sam: User) -> None:
    def discount(amount: int) -> Order:
        invoice = again(order.invoice)
        give_discount(
            invoice_id=invoice.pk,
            version=invoice.version,
            discount=Decimal(amount),
            reason="chipped",
            actor=sam,
        )
        return Order.objects.get()

    before = discount(10)
    exported = decide(before, Way.EXPORT, sam)
    # Of 10.00 off 169.00, 7.04 are off the clock: without its VAT 5.92.
    assert exported.total == 160 - Decimal("5.92") - Decimal("2.96")
    agree(exported)
    agree(discount(20))
    assert decide(order, Way.HOME, sam).total == Decimal("160.90")


def test_what_is_taken_off_before_the_bill_is_worth_what_it_cost(order: Order, sam: User) -> None:
    decide(order, Way.EXPORT, sam)
    clock = order.lines.order_by("pk")[0]

    taken = take_back(order_id=order.pk, wish=Wish([clock.pk], reason="broken"), actor=sam)

    assert taken.plan.amount == 110
    order = Order.objects.get()
    assert (order.total, order.tax_off) == (Decimal(50), Decimal(0))
    agree(order)


def test_what_was_paid_too_much_by_then_is_on_the_front_desk(sam: User, staff: Client) -> None:
    tax_by_destination(ES="21")
    order = placed(make_item(price=Decimal(119), shipping=0), where=CANARIES)
    send(staff, order.invoice, "payment", amount="119", method="transfer")

    decide(order, Way.EXPORT, sam)

    assert issue_due() == 1
    assert Invoice.objects.money_without_goods().get().overpaid == 19


def test_a_part_that_was_paid_may_be_enough_now(staff: Client, order: Order, sam: User) -> None:
    send(staff, order.invoice, "payment", amount="160", method="transfer", more=True)

    order = decide(order, Way.EXPORT, sam)

    assert order.paid_at
    assert again(order.invoice).state == Invoice.State.PAID


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        (PARIS, {}),
        (BRAZIL, {"delivery": Order.Delivery.COLLECT}),
        (ADDRESS, {}),
    ],
)
def test_within_the_union_or_collected_nothing_is_an_export(
    sam: User, where: dict[str, str], fields: dict[str, Any]
) -> None:
    order = placed(make_item(), where=where, **fields)

    with pytest.raises(NothingToPay):
        decide(order, Way.EXPORT, sam)


def test_staff_say_why(staff: Client, order: Order) -> None:
    page = send(staff, order.invoice, "tax", way="export", note="").content.decode()

    assert "Please say why" in page
    assert Order.objects.get().tax_off == 0


def test_who_may_not_handle_money_is_not_offered_it(
    client: Client, wren: User, order: Order
) -> None:
    client.force_login(wren)
    url = f"/admin/invoices/invoice/{order.invoice.pk}/tax/"

    assert client.post(url, {"tax-way": "export", "tax-note": "x"}).status_code == 403
    assert Order.objects.get().tax_off == 0


def test_sent_elsewhere_it_is_no_export_any_more(order: Order, sam: User) -> None:
    order = decide(order, Way.EXPORT, sam)
    there = {"country_code": "BR", "postcode": "20040-002"}
    correct_order(order_id=order.pk, version=order.version, values=there, actor=sam)
    assert Order.objects.get().total == 160

    order = Order.objects.get()
    paris = {"country_code": "FR", "postcode": "75001", "region": ""}
    correct_order(order_id=order.pk, version=order.version, values=paris, actor=sam)

    order = Order.objects.get()
    assert (order.total, order.export_note) == (Decimal("180.90"), "")
    agree(order)
    assert mails_sent()[-1].subject == f"{order} comes to €180.90 now"
