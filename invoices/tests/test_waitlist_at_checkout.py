"""A checkout with a line that has lapsed, while somebody else waits for the thing."""

import pytest
from django.test import Client

from bag.models import WaitlistEntry
from bag.tests.factories import join, state_and_position
from invoices.tests.test_checkout import form_of, put_in_bag, send
from store.models import Item, Order, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def test_who_waits_comes_before_who_let_it_lapse(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    entry = join(clock, "ben")
    form = form_of(client)
    let_holds_lapse()

    page = send(client, form)

    assert "somebody else was next in line for it" in page
    assert not Order.objects.exists()
    assert state_and_position(entry)[0] == WaitlistEntry.State.OFFERED


def test_the_rest_of_the_bag_can_be_ordered_then(client: Client, clock: Item) -> None:
    lamp = make_item(title="Lamp")
    for item in (clock, lamp):
        put_in_bag(client, item)
    join(clock, "ben")
    form = form_of(client)
    let_holds_lapse()
    send(client, form)

    put_in_bag(client, lamp)
    send(client, form_of(client))
    assert [piece.item for piece in Piece.objects.exclude(order=None)] == [lamp]


def test_who_still_holds_it_orders_it_whoever_waits(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    join(clock, "ben")

    send(client, form_of(client))

    assert Order.objects.count() == 1
