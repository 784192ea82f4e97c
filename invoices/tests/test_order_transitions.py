from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.exceptions import NothingToPay
from invoices.models import Invoice
from invoices.orders.transitions import cancel_order, transition_and_notify
from invoices.payments.card import start_payment
from mail.outbox import EVENTS
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db

Transition = Order.Transition
SITE = "https://shop.example.com"


def make(order: Order, *transitions: Order.Transition, tracking: str = "") -> Order:
    for transition in transitions:
        order = transition_and_notify(
            order_id=order.pk, transition=transition, actor=None, site=SITE, tracking=tracking
        )
    return order


def test_what_was_issued_is_taken_back_with_its_order(client: Client, clock: Item) -> None:
    order = make_order(clock)
    invoice = issue(invoice_id=bill_order(order).pk)

    cancel_order(order_id=order.pk, actor=None)

    note = invoice.credit_notes.get()
    assert note.total == -invoice.total
    assert Invoice.objects.get(pk=invoice.pk).due_now == 0
    assert "Please pay" not in client.get(invoice.get_absolute_url()).text
    with pytest.raises(NothingToPay):
        start_payment(invoice_id=invoice.pk, site=SITE)


def test_paying_sells_the_pieces(clock: Item) -> None:
    order = make(make_order(clock), Transition.PAY)

    assert order.paid_at
    assert Piece.objects.get().sold_at


def test_cancelling_frees_the_pieces(clock: Item) -> None:
    make(make_order(clock), Transition.CANCEL)

    assert Piece.objects.available().count() == 1


@pytest.mark.parametrize(
    ("fields", "transitions"),
    [
        ({"delivery": "collect"}, [Transition.PAY, Transition.READY, Transition.COLLECT]),
        ({"delivery": "ship"}, [Transition.PAY, Transition.SHIP]),
        ({"payment_method": "shop"}, [Transition.READY, Transition.PAY, Transition.COLLECT]),
        ({"payment_method": "shop"}, [Transition.PAY, Transition.COLLECT]),
    ],
)
def test_the_ways_through_an_order(
    clock: Item, fields: dict[str, Any], transitions: list[Transition]
) -> None:
    order = make(make_order(clock, **fields), *transitions)

    assert order.allowed_transitions == []
    assert [event.transition for event in order.events.all()] == transitions


@pytest.mark.parametrize(
    ("fields", "before", "transition"),
    [
        ({"delivery": "collect"}, [], Transition.SHIP),
        ({"delivery": "ship"}, [], Transition.SHIP),
        ({"delivery": "ship"}, [Transition.PAY], Transition.READY),
        ({"delivery": "collect"}, [], Transition.COLLECT),
        ({"delivery": "collect"}, [], Transition.READY),
        ({}, [Transition.PAY], Transition.PAY),
        ({}, [Transition.PAY], Transition.CANCEL),
        ({}, [Transition.CANCEL], Transition.PAY),
        ({}, [Transition.CANCEL], Transition.CANCEL),
        ({}, [Transition.PAY, Transition.READY, Transition.COLLECT], Transition.CANCEL),
    ],
)
def test_every_other_move_is_refused(
    clock: Item, fields: dict[str, Any], before: list[Transition], transition: Transition
) -> None:
    order = make(make_order(clock, **fields), *before)

    with pytest.raises(TransitionNotAllowed):
        make(order, transition)


def test_a_cancelled_thing_can_be_ordered_again(clock: Item) -> None:
    make(make_order(clock), Transition.CANCEL)

    again = make(make_order(clock), Transition.PAY)

    assert Piece.objects.get().order == again


def test_each_move_is_mailed(clock: Item) -> None:
    order = make_order(clock, delivery="ship")
    make(order, Transition.PAY, Transition.SHIP, tracking="TRACK 1")

    paid, shipped = mails_sent()
    assert [paid.to, shipped.to] == [[order.email]] * 2
    assert "TRACK 1" in shipped.body
    assert f"{SITE}{order.get_absolute_url()}" in shipped.body


def test_no_move_is_made_without_its_mail(clock: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make(make_order(clock, delivery="ship"), Transition.PAY)
    monkeypatch.delitem(EVENTS, "invoices.ship")
    with pytest.raises(KeyError):
        make(order, Transition.SHIP)

    assert [event.transition for event in order.events.all()] == [Transition.PAY]


BY_HAND = [each for each in Transition if each not in Order.CAME_BACK]


@pytest.mark.parametrize("transition", Order.CAME_BACK)
def test_what_follows_from_money_and_things_nobody_does_by_hand(
    client: Client, sam: User, clock: Item, transition: Transition
) -> None:
    order = make(make_order(clock), Transition.PAY)
    client.force_login(sam)
    page = client.get(reverse("admin:store_order_change", args=[order.pk])).content.decode()

    assert str(transition.label) not in page
    press(client, order, transition=str(transition))
    with pytest.raises(TransitionNotAllowed):
        make(order, transition)
    assert [event.transition for event in order.events.all()] == [Transition.PAY]


# What is confirmed is told as what is placed.
@pytest.mark.parametrize("transition", [way for way in BY_HAND if way != Transition.CONFIRM])
def test_every_transition_has_its_mail(clock: Item, transition: Transition) -> None:
    before = {
        Transition.SHIP: [Transition.PAY],
        Transition.READY: [Transition.PAY],
        Transition.COLLECT: [Transition.PAY],
    }
    delivery = "ship" if transition == Transition.SHIP else "collect"
    order = make(make_order(clock, delivery=delivery), *before.get(transition, []))
    make(order, transition)

    assert order.reference in mails_sent()[-1].subject


def press(client: Client, order: Order, **data: str) -> int:
    return client.post(reverse("admin:store_order_transition", args=[order.pk]), data).status_code


def test_staff_move_an_order_with_a_button(client: Client, sam: User, clock: Item) -> None:
    order = make_order(clock)
    client.force_login(sam)
    page = client.get(reverse("admin:store_order_change", args=[order.pk])).content.decode()
    assert "Mark paid" in page

    assert press(client, order, transition="pay") == 302

    assert Piece.objects.get().sold_at
    assert order.events.get().actor == sam


def test_a_button_pressed_twice_does_it_once(client: Client, sam: User, clock: Item) -> None:
    order = make_order(clock)
    client.force_login(sam)
    press(client, order, transition="pay")
    press(client, order, transition="pay")

    assert order.events.count() == 1


@pytest.mark.parametrize(
    "data", [{"transition": "fly"}, {}, {"transition": "ship", "tracking": "x" * 101}]
)
def test_nonsense_moves_nothing(
    client: Client, sam: User, clock: Item, data: dict[str, str]
) -> None:
    order = make_order(clock, delivery="ship", paid=True)
    client.force_login(sam)

    assert press(client, order, **data) == 302
    assert not order.events.exists()


def test_the_workshop_may_look_but_not_move(client: Client, wren: User, clock: Item) -> None:
    order = make_order(clock)
    client.force_login(wren)

    page = client.get(reverse("admin:store_order_change", args=[order.pk]))
    assert page.status_code == 200
    assert "Mark paid" not in page.content.decode()
    assert press(client, order, transition="pay") == 403


def test_a_customer_is_sent_to_the_log_in(client: Client, alice: User, clock: Item) -> None:
    order = make_order(clock)
    client.force_login(alice)

    assert press(client, order, transition="pay") == 302
    assert not order.events.exists()


def test_the_list_of_orders_asks_few_questions(
    client: Client, sam: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    orders = [make_order(make_item()) for _ in range(20)]
    client.force_login(sam)
    # The first page reads the shop's name for those of the next minute.
    client.get(reverse("admin:store_order_changelist"))

    with django_assert_max_num_queries(9):
        page = client.get(reverse("admin:store_order_changelist")).text

    assert [order for order in orders if order.reference not in page] == []


@pytest.mark.parametrize("todo", ["pay", "late", "prepare", "collect"])
def test_the_list_shows_what_is_to_do(client: Client, sam: User, clock: Item, todo: str) -> None:
    make_order(clock)
    client.force_login(sam)
    page = client.get(reverse("admin:store_order_changelist"), {"todo": todo}).content.decode()

    assert ("Mantel clock" in page) == (todo == "pay")


def test_an_order_is_found_by_the_number_on_the_phone(
    client: Client, sam: User, clock: Item
) -> None:
    order = make_order(clock)
    client.force_login(sam)
    url = reverse("admin:store_order_changelist")

    assert "Mantel clock" in client.get(url, {"q": order.reference}).content.decode()
    assert "Mantel clock" in client.get(url, {"q": order.reference.lower()}).content.decode()
    assert "Mantel clock" not in client.get(url, {"q": "R99999"}).content.decode()


@pytest.mark.parametrize(
    ("because", "by_staff", "words"),
    [
        (Order.Ending.SHOP, True, "the shop has cancelled it · "),
        (Order.Ending.UNPAID, False, "it was not paid in time · "),
        (Order.Ending.CUSTOMER, False, "the customer has cancelled it · "),
    ],
)
def test_the_admin_says_why_an_order_ended_when_and_by_whom(
    client: Client, sam: User, clock: Item, because: Order.Ending, by_staff: bool, words: str
) -> None:
    client.force_login(sam)
    order = make_order(clock)
    bill_order(order, site="")
    admin = reverse("admin:store_order_change", args=[order.pk])
    assert words not in client.get(admin).text
    cancel_order(order_id=order.pk, actor=sam if by_staff else None, because=because)

    said = client.get(admin).text.partition(words)[2].partition("<")[0]
    assert str(timezone.localdate().year) in said
    assert said.endswith(" · Sam") == by_staff
