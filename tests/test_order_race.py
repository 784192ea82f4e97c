"""One checkout sent many times at once, and many checkouts for the same thing."""

from decimal import Decimal
from functools import partial
from itertools import permutations

import pytest

from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces, renew_holds
from invoices.models import Invoice
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order, OrderLine, Piece
from store.tests.factories import make_item, new_order
from tests.crowd import at_once

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]

AGREED = Agreed(1, Decimal("120.00"), Decimal("9.90"))


def order(bag_key: str, *items: Item) -> Order:
    agreed = {item.pk: AGREED for item in items}
    return place_order(order=new_order(bag_key), agreed=agreed, site="https://shop.example.com")


def test_a_double_click_of_twenty_makes_one_order() -> None:
    straps = make_item(pieces=30)
    hold_pieces(item_id=straps.pk, quantity=1, bag_key="ann")

    placed = at_once([partial(order, "ann", straps)] * 20)

    assert {end.pk for end in placed if isinstance(end, Order)} == {Order.objects.get().pk}
    assert len([end for end in placed if isinstance(end, Order)]) == 20
    assert OrderLine.objects.count() == Invoice.objects.count() == 1
    assert Piece.objects.available().count() == 29


def test_one_of_twenty_who_lapsed_gets_the_thing() -> None:
    clock = make_item()

    placed = at_once([partial(order, f"bag {number}", clock) for number in range(20)])

    assert len([end for end in placed if isinstance(end, Order)]) == 1
    assert len([end for end in placed if isinstance(end, NotEnoughAvailable)]) == 19
    assert Order.objects.count() == OrderLine.objects.count() == 1


def test_orders_and_renewals_of_the_same_things_never_deadlock() -> None:
    things = [make_item(pieces=8) for _ in range(3)]
    orders = [partial(order, f"bag {n}", *mixed) for n, mixed in enumerate(permutations(things))]
    renewals = [partial(renew_holds, bag_key=f"bag {n}") for n in range(6)]
    for number in range(6):
        for thing in things:
            hold_pieces(item_id=thing.pk, quantity=1, bag_key=f"bag {number}")

    ends = at_once([*orders, *renewals])

    assert [end for end in ends if isinstance(end, Exception)] == []
    assert Order.objects.count() == 6
    assert Piece.objects.filter(order__isnull=False).count() == 18
