"""Looking at an order by its address is one right, giving it up is another."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.groups import SHOP_STAFF, WORKSHOP_STAFF
from accounts.links import dated_link
from accounts.models import User
from accounts.tests.factories import mails_sent, make_staff
from invoices.documents.drafts import bill_order
from invoices.mail.order_keys import CANCEL, KEY_DAYS
from store.models import Item, Order
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(clock: Item, alice: User) -> Order:
    found = make_order(clock, customer=alice)
    bill_order(found, site="http://testserver")
    return found


def cancel(client: Client, order: Order, link: str = "") -> str:
    """Press the button, as the page of cancelling offers it; return how the order is then."""
    client.post(link or reverse("invoices:cancel", args=[order.secret]))
    return Order.objects.get().state


def mailed_link() -> str:
    body = str(mails_sent()[-1].body)
    found = re.search(r"http://testserver(/orders/\S+/cancel/\S+)", body)
    assert found, body
    return found[1]


def test_whoever_may_look_has_a_link_mailed_to_the_customer(client: Client, order: Order) -> None:
    page = client.get(reverse("invoices:cancel", args=[order.secret])).text
    assert "Mail me the link" in page
    assert ">Cancel the order</button>" not in page
    assert cancel(client, order) == Order.State.OPEN

    assert mails_sent()[-1].to == [order.email]
    link = mailed_link()
    assert ">Cancel the order</button>" in Client().get(link).text
    assert cancel(client, order, link) == Order.State.CANCELLED


@pytest.mark.parametrize(("group", "state"), [(WORKSHOP_STAFF, "open"), (SHOP_STAFF, "cancelled")])
def test_the_right_to_look_at_orders_is_not_the_right_to_cancel_them(
    client: Client, order: Order, group: str, state: str
) -> None:
    client.force_login(make_staff("kim@example.com", group=group))

    assert client.get(order.get_absolute_url()).status_code == 200
    assert cancel(client, order) == state


def test_another_customer_cannot_cancel(client: Client, order: Order, bob: User) -> None:
    client.force_login(bob)

    assert cancel(client, order) == Order.State.OPEN


@pytest.mark.parametrize("wrong", ["aged", "of another order", "not ours", "of another power"])
def test_a_link_that_does_not_open_it_leads_to_a_new_one(
    client: Client, order: Order, wrong: str
) -> None:
    aged = timezone.localdate() - timedelta(days=KEY_DAYS + 1)
    key = {
        "aged": dated_link(CANCEL, order.pk, str(order.nonce), on=aged),
        "of another order": dated_link(CANCEL, order.pk + 1, str(order.nonce)),
        "not ours": dated_link(CANCEL, order.pk, "guess"),
        "of another power": dated_link("look", order.pk, str(order.nonce)),
    }[wrong]
    link = reverse("invoices:cancel-by-mail", args=[order.secret, key])

    assert "is too old, or not whole" in client.get(link).text
    assert cancel(client, order, link) == Order.State.OPEN


def test_the_link_is_mailed_only_so_often(client: Client, order: Order) -> None:
    address = reverse("invoices:cancel", args=[order.secret])
    answers = [client.post(address) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Ask for the next one at" in answers[-1].text
    assert len(mails_sent()) == 3
