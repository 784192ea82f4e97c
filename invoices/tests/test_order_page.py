import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.documents.drafts import bill_order
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from store.models import Item, Order, Piece, ShopProfile
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


def test_whoever_has_the_address_sees_the_order(client: Client, clock: Item) -> None:
    order = make_order(clock)

    response = client.get(order.get_absolute_url())

    assert order.reference in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("secret", ["1", "guess", "x" * 300, "%00"])
def test_a_guessed_address_finds_nothing(client: Client, clock: Item, secret: str) -> None:
    make_order(clock)

    assert client.get(f"/orders/{secret}/").status_code == 404


def test_the_secret_is_long_enough_to_keep(clock: Item) -> None:
    assert len(make_order(clock).secret) == 22


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Please transfer €120.00"),
        ({"payment_method": "shop"}, "You pay €120.00 at the shop"),
        ({"payment_method": "shop", "state": "ready"}, "pay €120.00 when you collect"),
        ({"paid": True}, "We mail you when you can collect it"),
        ({"paid": True, "delivery": "ship"}, "We mail you when it is on its way"),
        ({"paid": True, "delivery": "ship", "state": "shipped", "tracking": "T1"}, "T1"),
        ({"paid": True, "state": "ready"}, "Bring your order number"),
        ({"paid": True, "state": "collected"}, "We hope it gives you joy"),
        ({"state": "cancelled"}, "Nothing is to be paid"),
    ],
)
def test_the_page_says_what_to_do_next(
    client: Client, clock: Item, fields: dict[str, Any], words: str
) -> None:
    order = make_order(clock, **fields)

    assert words in client.get(order.get_absolute_url()).content.decode()


def test_a_customer_takes_an_unpaid_order_back(client: Client, alice: User, clock: Item) -> None:
    order = make_order(clock, customer=alice)
    client.force_login(alice)
    url = reverse("invoices:cancel", args=[order.secret])
    assert client.get(url).status_code == 200
    assert not Piece.objects.available().exists()

    page = client.post(url, follow=True).content.decode()

    assert "Your order is cancelled" in page
    assert Piece.objects.available().count() == 1


def test_a_paid_order_cannot_be_taken_back(client: Client, clock: Item) -> None:
    order = make_order(clock, paid=True)
    url = reverse("invoices:cancel", args=[order.secret])
    for page in (client.get(url, follow=True), client.post(url, follow=True)):
        assert "can no longer be cancelled" in page.content.decode()
    assert Order.objects.get().state == Order.State.OPEN


def test_the_page_asks_few_questions(
    client: Client, clock: Item, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order(clock)
    client.get("/")
    with django_assert_max_num_queries(6):
        assert order.reference in client.get(order.get_absolute_url()).text


def test_a_transfer_has_the_code_for_a_banks_app(client: Client, clock: Item) -> None:
    shop = ShopProfile.get_solo()
    shop.iban = "DE02 1203 0000 0000 2020 51"
    shop.save()
    invoice = bill_order(make_order(clock))
    code = reverse("invoices:code", args=[invoice.secret])

    page = client.get(make_address(invoice)).content.decode()

    assert code in page
    assert f"reference {invoice.order}" in page
    assert client.get(code)["Content-Type"] == "image/svg+xml; charset=utf-8"
    # The draft itself is nobody's business all the same.
    assert client.get(invoice.get_absolute_url()).status_code == 404


def make_address(invoice: Invoice) -> str:
    assert invoice.order
    return invoice.order.get_absolute_url()


def payment_said(page: str) -> str:
    """What stands beside "Payment" on the page of an order."""
    found = re.search(r"<dt>Payment</dt>\s*<dd>\s*(.*?)\s*</dd>", page)
    return found[1] if found else ""


def test_what_is_paid_otherwise_than_chosen_says_how_it_was_paid(
    client: Client, clock: Item
) -> None:
    invoice = bill_order(make_order(clock), site="https://shop.example.com")
    order, mo = invoice.order, make_staff("mo@example.com", group=MANAGERS)
    assert order
    assert payment_said(client.get(order.get_absolute_url()).text) == "By bank transfer"
    parts = [("100", Payment.Method.CASH), ("20", Payment.Method.TERMINAL)]

    for amount, method in parts:
        received = Received(Decimal(amount), method, timezone.localdate())
        record_payment(invoice_id=invoice.pk, received=received, actor=mo)

    said = "Cash; card, at the shop"
    assert payment_said(client.get(order.get_absolute_url()).text) == said
    client.force_login(mo)
    assert said in client.get(reverse("admin:store_order_change", args=[order.pk])).text


def test_a_cancelled_order_says_no_way_to_pay_it(client: Client, clock: Item) -> None:
    order = make_order(clock, state="cancelled")

    assert payment_said(client.get(order.get_absolute_url()).text) == ""


def test_whoever_took_the_last_parcel_is_proposed_for_the_next(client: Client, sam: User) -> None:
    client.force_login(sam)
    for carrier in ("ups", "dhl", ""):
        make_order(make_item(), state="shipped", delivery="ship", carrier=carrier)
    to_send = make_order(make_item(), delivery="ship", paid=True)

    page = client.get(reverse("admin:store_order_change", args=[to_send.pk])).text
    assert re.findall('value="([a-z]+)" selected', page) == ["dhl"]


def test_figures_of_a_line_are_named_where_it_is_read_as_a_card(client: Client, sam: User) -> None:
    client.force_login(sam)
    order = make_order(make_item())
    order.lines.update(shipping=5)

    page = client.get(reverse("admin:store_order_change", args=[order.pk])).text
    for field, name in (("price_then", "Price"), ("shipping_then", "Shipping")):
        assert f'<td class="field-{field}" data-name="{name}">' in page
