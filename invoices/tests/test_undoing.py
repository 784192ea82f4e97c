"""A slip is undone within the day, as long as nothing else has come of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from invoices.documents.drafts import bill_order
from invoices.orders.transitions import transition_and_notify
from invoices.orders.undoing import ThingsTaken, slip_of, undo
from invoices.tests.admin_steps import messages_in
from invoices.tests.card_steps import mails
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderEvent, Piece, PieceEvent
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db
T = Order.Transition


def moved(*transitions: Order.Transition, carrier: str = "", **fields: Any) -> Order:
    order = make_order(make_item(), **fields)
    bill_order(order)
    parcel: dict[str, Any] = {"tracking": "123", "carrier": carrier}
    for transition in transitions:
        transition_and_notify(
            order_id=order.pk, transition=transition, actor=None, site="", **parcel
        )
    return Order.objects.get(pk=order.pk)


def undone(order: Order, staff: User) -> Order:
    event = slip_of(order)
    undo(order_id=order.pk, event_id=event.pk if event else 0, actor=staff)
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize(
    ("transitions", "fields", "state"),
    [
        ([T.READY], {}, "open"),
        ([T.READY, T.COLLECT], {}, "ready"),
        ([T.COLLECT], {}, "open"),
        ([T.SHIP], {"delivery": "ship"}, "open"),
    ],
)
def test_an_order_is_what_it_was_before(
    sam: User, transitions: list[Order.Transition], fields: dict[str, Any], state: str
) -> None:
    order = undone(moved(*transitions, paid=True, **fields), sam)

    assert order.state == state
    assert mails()[-1] == "slip"
    last = OrderEvent.objects.latest("pk")
    assert (last.summary, last.actor) == ("a slip was undone", sam)
    with pytest.raises(TransitionNotAllowed):
        undo(order_id=order.pk, event_id=last.pk, actor=sam)


def test_what_was_typed_of_a_parcel_stands_in_the_form_again(client: Client, sam: User) -> None:
    make_order(make_item(), delivery="ship", state="shipped", carrier="dpd", tracking="9")
    order = moved(T.SHIP, paid=True, delivery="ship", carrier="dhl")
    undone(order, sam)
    client.force_login(sam)
    page = client.get(reverse("admin:store_order_change", args=[order.pk])).text

    assert 'name="tracking" maxlength="100" value="123"' in page
    assert '<option value="dhl" selected>' in page
    assert ">DHL 123<" not in page
    assert "123" not in client.get(order.get_absolute_url()).text


def test_two_slips_are_undone_one_after_the_other(sam: User) -> None:
    order = undone(moved(T.READY, T.COLLECT, paid=True), sam)
    transition_and_notify(order_id=order.pk, transition=T.COLLECT, actor=None, site="")

    assert undone(Order.objects.get(), sam).state == "ready"


@pytest.mark.parametrize("transitions", [[T.READY], [T.CANCEL]])
def test_after_a_day_it_stands(sam: User, transitions: list[Order.Transition]) -> None:
    order = moved(*transitions, payment_method="shop")
    OrderEvent.objects.update(at=timezone.now() - timedelta(hours=24))

    assert slip_of(order) is None


@pytest.mark.on_both
def test_a_cancelled_order_is_taken_up_again(sam: User) -> None:
    order = undone(moved(T.CANCEL), sam)

    assert (order.stage, order.cancelled_because) == ("transfer", "")
    assert Piece.objects.get().order == order
    assert PieceEvent.objects.latest("pk").kind == "ordered"
    assert mails()[-1] == "reopened"


def test_what_somebody_else_has_by_now_is_not_taken_from_him(sam: User) -> None:
    order = moved(T.CANCEL)
    make_order(Piece.objects.get().item)

    with pytest.raises(ThingsTaken):
        undone(order, sam)
    assert Order.objects.get(pk=order.pk).state == "cancelled"


def test_staff_undo_it_from_the_order(client: Client, sam: User, wren: User) -> None:
    order = moved(T.COLLECT, paid=True)
    page = reverse("admin:store_order_change", args=[order.pk])
    address = reverse("admin:store_order_undo", args=[order.pk])
    client.force_login(wren)
    assert client.post(address).status_code == 403
    client.force_login(sam)
    slip = client.get(page).context["slip"]

    answer = client.post(address, {"event": slip.pk}, follow=True)

    assert messages_in(answer) == "It is undone, and the customer has been told."
    assert "Undo “" not in answer.content.decode()
    assert "moved on" in messages_in(client.post(address, {"event": "x"}, follow=True))
