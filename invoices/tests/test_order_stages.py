"""Mails and the admin's list say of an order what its page says."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.orders.transitions import transition_and_notify
from store.models import Item, Order, OrderStage
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db
SITE = "https://shop.example.com"
COMES = [stage.next for stage in OrderStage if stage.next]


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({}, OrderStage.PREPARING),
        ({"delivery": "ship"}, OrderStage.SENDING),
        ({"payment_method": "shop", "state": "ready"}, OrderStage.READY),
    ],
)
def test_the_mail_about_a_payment_says_what_the_page_says(
    client: Client, clock: Item, fields: dict[str, Any], stage: OrderStage
) -> None:
    order = make_order(clock, **fields)
    order = transition_and_notify(
        order_id=order.pk, transition=Order.Transition.PAY, actor=None, site=SITE
    )
    [mail] = [mail for mail in mails_sent() if order.email in mail.to]
    page = client.get(order.get_absolute_url()).content.decode()

    assert order.stage == stage
    for text in (page, str(mail.body)):
        assert [each for each in COMES if each in text] == [
            each for each in COMES if each == stage.next
        ]


@pytest.mark.parametrize(("paid", "stage"), [(False, "READY_UNPAID"), (True, "READY")])
def test_the_mail_about_what_is_ready_asks_for_money_as_the_page_does(
    client: Client, clock: Item, paid: bool, stage: str
) -> None:
    order = make_order(clock, payment_method="shop", paid=paid)
    order = transition_and_notify(
        order_id=order.pk, transition=Order.Transition.READY, actor=None, site=SITE
    )
    [mail] = [mail for mail in mails_sent() if order.email in mail.to]
    page = client.get(order.get_absolute_url()).content.decode()

    assert order.stage == OrderStage[stage]
    assert ("You pay €120.00 there" in str(mail.body)) == ("pay €120.00 when" in page) == (not paid)
    assert ("Everything is paid." in str(mail.body)) == paid


@pytest.mark.parametrize(
    ("todo", "fields"),
    [
        ("pay", {"payment_method": "card"}),
        ("pay", {"payment_method": "shop", "state": "ready"}),
        ("late", {"payment_method": "transfer"}),
        ("prepare", {"payment_method": "shop"}),
        ("prepare", {"paid": True}),
        ("prepare", {"paid": True, "delivery": "ship"}),
        ("collect", {"paid": True, "state": "ready"}),
        ("collect", {"payment_method": "shop", "state": "ready"}),
    ],
)
def test_the_list_of_staff_finds_an_order_by_its_stage(
    client: Client, clock: Item, sam: User, todo: str, fields: dict[str, Any]
) -> None:
    order = make_order(clock, **fields)
    Order.objects.update(payment_due_at=order.placed_at)
    client.force_login(sam)
    orders = reverse("admin:store_order_changelist")
    found = {
        name
        for name in ("pay", "late", "prepare", "collect")
        if client.get(orders, {"todo": name}).context["cl"].result_count
    }

    assert todo in found
    assert ("pay" in found) == (order.paid_at is None)
