"""Staff change many things at once while shoppers order several of them."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.contrib import admin

from invoices.orders.placing import Agreed, place_order
from store.admin import ItemAdmin
from store.models import Category, Item, Order
from store.pieces import add_pieces
from store.services import return_pieces, transition_order, withdraw_pieces
from store.tests.factories import make_item, new_order
from tests.crowd import at_once

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]

ROUNDS = 6
AGREED = Agreed(1, Decimal("120.00"), Decimal("9.90"))


def often(action: Callable[[int], object]) -> list[object]:
    return [action(number) for number in range(ROUNDS)]


def order_and_cancel(bag_key: str, things: list[Item], number: int) -> None:
    agreed = {thing.pk: AGREED for thing in things}
    order = place_order(
        order=new_order(bag_key, number), agreed=agreed, site="https://shop.example.com"
    )
    transition_order(order_id=order.pk, transition=Order.Transition.CANCEL, actor=None)


def rename(category: Category, number: int) -> None:
    category.name = f"Clocks {number}"
    category.save()


def publish(number: int) -> None:
    published = {"published": number % 2 == 0}
    ItemAdmin(Item, admin.site).set_published(Item.objects.all(), **published)


def withdraw(number: int) -> None:
    pieces = [piece for thing in Item.objects.all() for piece in thing.pieces.all()[:5]]
    withdraw_pieces(pieces)
    return_pieces(pieces)


@pytest.fixture
def things() -> list[Item]:
    """Things that were written, as their pieces were, in another order than their keys'."""
    things = [make_item(pieces=0, price="120.00", shipping="9.90") for _ in range(8)]
    for thing in reversed(things):
        thing.save()
        add_pieces(item=thing, quantity=15)
    return things


@pytest.mark.parametrize("change", ["rename", "publish", "withdraw"])
def test_staff_and_shoppers_never_deadlock(things: list[Item], change: str) -> None:
    category = things[0].category
    Item.objects.update(category=category)
    changes: dict[str, Any] = {
        "rename": partial(rename, category),
        "publish": publish,
        "withdraw": withdraw,
    }
    orders = [partial(order_and_cancel, f"bag {number}", things) for number in range(3)]

    ends = at_once([partial(often, action) for action in [*orders, *[changes[change]] * 2]])

    assert [end for end in ends if isinstance(end, Exception)] == []
    assert Order.objects.count() == 3 * ROUNDS
