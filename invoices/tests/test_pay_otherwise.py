"""Looking at an order by its address, and paying it, is one right; how it is paid is another."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import make_user
from invoices.mail.order_keys import otherwise_path
from invoices.models import PaymentAttempt
from invoices.orders.jobs import end_unpaid_orders
from invoices.tests.card_steps import mails
from mail.models import Mail
from store.models import Order, ShopProfile

pytestmark = pytest.mark.django_db
TRANSFER = {"payment_method": "transfer"}


@pytest.fixture
def order(attempt: PaymentAttempt) -> Order:
    """Whose pay page is open."""
    ShopProfile.objects.update(iban="DE02120300000000202051", account_holder="Shop")
    return Order.objects.get()


def switch(client: Client, order: Order, address: str = "") -> str:
    client.post(address or reverse("invoices:pay-otherwise", args=[order.secret]), TRANSFER)
    return Order.objects.get().payment_method


def test_whoever_has_the_link_alone_ends_no_pay_page(client: Client, order: Order) -> None:
    page = client.get(reverse("invoices:pay-otherwise", args=[order.secret])).text
    assert "Mail me the link" in page
    assert "Pay like this" not in page
    assert switch(client, order) == "card"
    assert PaymentAttempt.objects.live().exists()

    mail = Mail.objects.get(to=order.email)
    found = re.search(r"/orders/\S+/pay-otherwise/\S+", mail.text)
    assert found
    assert "Pay like this" in Client().get(found[0]).text
    assert switch(Client(), order, found[0]) == "transfer"


def test_its_account_needs_no_link(client: Client, order: Order, alice: User) -> None:
    Order.objects.update(customer=alice)
    client.force_login(make_user("carol@example.com"))
    assert switch(client, order) == "card"
    client.force_login(alice)
    assert switch(client, order) == "transfer"


@pytest.mark.parametrize("of", ["another order", "cancelling"])
def test_no_other_key_does(client: Client, order: Order, of: str) -> None:
    path = otherwise_path(order)
    if of == "cancelling":
        path = reverse("invoices:cancel", args=[order.secret])
        client.post(path)
        found = re.search(r"/cancel/(\S+)/", Mail.objects.get().text)
        assert found
        path = reverse("invoices:otherwise-by-mail", args=[order.secret, found[1]])
    else:
        path = path.replace(f"/{order.pk}-", f"/{order.pk + 1}-")

    assert "is too old, or not whole" in client.get(path).text
    assert switch(client, order, path) == "card"


def test_a_stranger_who_never_shows_a_card_is_mailed_nothing_typed_and_no_end(
    client: Client, order: Order
) -> None:
    Order.objects.update(customer=None, name="Buy at evil.example", email="victim@example.com")
    client.post(reverse("invoices:pay-otherwise", args=[order.secret]))
    mail = Mail.objects.get(to="victim@example.com")
    assert "evil" not in mail.subject + mail.text
    assert "If it was not you, do nothing" in mail.text
    Order.objects.update(payment_due_at="2026-01-01T00:00Z")

    assert end_unpaid_orders() == 1
    assert mails() == ["unpaid"]


def test_who_is_known_to_read_the_mail_is_told_of_the_end(order: Order, alice: User) -> None:
    Order.objects.update(customer=alice, email=alice.email, payment_due_at="2026-01-01T00:00Z")

    assert end_unpaid_orders() == 1
    assert mails()[0] == "cancel"
