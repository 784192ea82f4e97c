"""Which amounts a card can pay is known before one is offered."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import Settings

from invoices.card_limits import why_no_card
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.exceptions import NoCard
from invoices.models import Invoice, PaymentAttempt
from invoices.payments.card import open_attempt
from invoices.tests.test_checkout import ADDRESS, CHECKOUT, form_of, put_in_bag, send
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
SITE = "https://shop.example.com"


@pytest.fixture(autouse=True)
def _cards(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ("0.49", "EUR", "€0.50 at least"),
        ("0.50", "EUR", ""),
        ("999999.99", "EUR", ""),
        ("1000000.00", "EUR", "€999,999.99 at most"),
        ("0", "EUR", ""),
        ("0.30", "GBP", ""),
        ("49", "JPY", "¥50 at least"),
        ("99999999", "JPY", ""),
        ("100000000", "JPY", "¥99,999,999 at most"),
        ("1.235", "KWD", "more finely than KWD0.010"),
        ("1.230", "KWD", ""),
        ("99999.99", "KWD", ""),
        ("100000", "KWD", "KWD99,999.990 at most"),
        ("49", "KRW", "₩50 at least"),
        ("0.49", "ZAR", "ZAR0.50 at least"),
        ("9999999999.99", "IDR", ""),
        ("10000000.00", "INR", "₹9,999,999.99 at most"),
        ("0.01", "SOS", ""),
    ],
)
def test_the_limits_of_cards_are_known(amount: str, currency: str, why: str) -> None:
    said = why_no_card(Decimal(amount), currency)

    assert why in said
    assert bool(why) == bool(said)


@pytest.mark.parametrize("price", ["0.30", "1250000"])
def test_no_card_is_offered_for_what_none_can_pay(client: Client, price: str) -> None:
    put_in_bag(client, make_item(price=Decimal(price), shipping=None))

    page = client.get(CHECKOUT).content.decode()

    assert 'value="card"' not in page
    assert "Please pay by bank transfer or at the shop." in page


def test_an_old_page_that_asks_for_a_card_is_answered_beside_the_field(client: Client) -> None:
    put_in_bag(client, make_item(price=Decimal("0.30"), shipping=None))

    page = send(client, form_of(client), payment_method="card")

    assert "Cards pay €0.50 at least. Please pay by bank transfer" in page
    assert not Order.objects.exists()


def test_a_card_pays_with_shipping_what_it_cannot_pay_without(client: Client) -> None:
    put_in_bag(client, make_item(price=Decimal("0.01"), shipping=Decimal("0.99")))
    assert 'value="card"' in client.get(CHECKOUT).content.decode()

    page = send(client, form_of(client), payment_method="card", delivery="collect")
    assert "Cards pay €0.50 at least." in page

    send(client, form_of(client), payment_method="card", delivery="ship", **ADDRESS)
    assert PaymentAttempt.objects.get().amount == Decimal("1.00")


def test_a_gift_needs_no_card_and_is_ordered(client: Client) -> None:
    put_in_bag(client, make_item(price=Decimal(0), shipping=None))

    send(client, form_of(client), payment_method="card")

    assert Order.objects.get().paid_at


def small_invoice() -> Invoice:
    draft = bill_order(make_order(make_item(price=Decimal("0.30"))), site=SITE)
    return issue(invoice_id=draft.pk)


def test_an_invoice_says_what_else_there_is(client: Client) -> None:
    invoice = small_invoice()

    page = client.get(invoice.get_absolute_url()).content.decode()

    assert "Cards pay €0.50 at least. Please pay by bank transfer or at the shop." in page
    assert "by card</button>" not in page


def test_who_asks_for_a_card_all_the_same_is_told_why_not(client: Client) -> None:
    invoice = small_invoice()

    page = client.post(f"{invoice.get_absolute_url()}pay/", follow=True).content.decode()

    assert "Cards pay €0.50 at least." in page
    with pytest.raises(NoCard):
        open_attempt(invoice_id=invoice.pk, site=SITE)
    assert not PaymentAttempt.objects.exists()
