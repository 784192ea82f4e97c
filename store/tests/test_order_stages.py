"""What comes next for an order, is said alike wherever it is said."""

from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from store.models import Item, Order, OrderStage
from store.models.order_stage import ASKED_TO_PAY, WAITING_FOR_PAYMENT
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db
TIMES = [None, timezone.now()]
WAYS: list[tuple[OrderStage, dict[str, Any]]] = [
    (OrderStage.UNCONFIRMED, {"is_unconfirmed": True}),
    (OrderStage.LAPSED, {"is_unconfirmed": True, "confirm_by": timezone.now()}),
    (OrderStage.PAY_BY_CARD, {"payment_method": "card"}),
    (OrderStage.TRANSFER, {"payment_method": "transfer"}),
    (OrderStage.RESERVED, {"payment_method": "shop"}),
    (OrderStage.PREPARING, {"paid": True}),
    (OrderStage.SENDING, {"paid": True, "delivery": "ship"}),
    (OrderStage.READY, {"paid": True, "state": "ready"}),
    (OrderStage.READY_UNPAID, {"payment_method": "shop", "state": "ready"}),
    (OrderStage.SHIPPED, {"paid": True, "delivery": "ship", "state": "shipped"}),
    (OrderStage.COLLECTED, {"paid": True, "state": "collected"}),
    (OrderStage.OWED, {"paid": True, "owed_since": timezone.now()}),
    (OrderStage.TAKEN_BACK, {"paid": True, "state": "shipped", "taken_back_at": timezone.now()}),
    (OrderStage.CANCELLED, {"state": "cancelled"}),
]


def test_there_is_a_way_to_every_stage() -> None:
    assert [stage for stage, _fields in WAYS] == list(OrderStage)


def test_the_table_says_of_every_stage_what_may_be_done() -> None:
    unpaid = [stage for stage, may in Order.TRANSITIONS.items() if Order.Transition.CANCEL in may]
    goes_out = {Order.Transition.SHIP, Order.Transition.COLLECT}

    assert [*Order.TRANSITIONS] == list(OrderStage)
    assert set(unpaid) == {*WAITING_FOR_PAYMENT, OrderStage.UNCONFIRMED, OrderStage.LAPSED}
    for stage in ASKED_TO_PAY:
        assert not goes_out & set(Order.TRANSITIONS[stage])


@pytest.mark.parametrize(("stage", "fields"), WAYS)
def test_page_and_list_and_query_say_the_same(
    client: Client, clock: Item, alice: User, stage: OrderStage, fields: dict[str, Any]
) -> None:
    order = make_order(clock, customer=alice, **fields)
    client.force_login(alice)
    page = client.get(order.get_absolute_url()).content.decode()
    rows = client.get(reverse("store:order-list")).content.decode()

    assert Order.objects.get().stage == stage
    assert f'<h2 id="next">{stage.label}</h2>' in page
    assert f"<td>{stage.label}</td>" in rows
    assert stage.next in page
    assert list(Order.objects.at_stage(stage)) == [order]
    assert not Order.objects.at_stage(*{*OrderStage} - {stage}).exists()


def test_every_order_is_at_the_same_stage_in_python_and_in_a_query(clock: Item) -> None:
    order = make_order(clock)
    ways = product(Order.State, Order.Delivery, Order.PaymentMethod, *[TIMES] * 3)
    for state, delivery, method, paid_at, owed_since, taken_back_at in ways:
        if state == Order.State.CANCELLED and paid_at:
            continue
        values: dict[str, Any] = {"state": state, "delivery": delivery, "payment_method": method}
        values |= {"owed_since": owed_since, "taken_back_at": taken_back_at}
        Order.objects.update(**values, paid_at=paid_at)
        order.refresh_from_db()

        assert list(Order.objects.at_stage(order.stage)) == [order], values
