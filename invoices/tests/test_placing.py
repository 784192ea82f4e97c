"""What is ordered is what was agreed, once, or nothing."""

from decimal import Decimal
from typing import Any

import pytest

from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from invoices.exceptions import SummaryChanged
from invoices.models import Invoice
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order, Piece
from store.tests.factories import make_item, new_order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

AS_SEEN = Agreed(1, Decimal("120.00"), Decimal("9.90"))


def place(agreed: dict[int, Agreed], bag_key: str = "ann", **fields: Any) -> Order:
    order = new_order(bag_key)
    for name, value in fields.items():
        setattr(order, name, value)
    return place_order(order=order, agreed=agreed, site="https://shop.example.com")


def assert_nothing_happened() -> None:
    assert not Order.objects.exists()
    assert not Invoice.objects.exists()
    assert not Piece.objects.exclude(order=None).exists()


def test_the_same_sending_again_is_the_same_order(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="ann")

    first = place({clock.pk: AS_SEEN})

    assert place({clock.pk: AS_SEEN}) == first
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "agreed",
    [AS_SEEN._replace(price=Decimal("119.00")), AS_SEEN._replace(shipping=Decimal(0))],
)
def test_another_price_than_the_agreed_one_is_not_taken(clock: Item, agreed: Agreed) -> None:
    with pytest.raises(SummaryChanged):
        place({make_item().pk: AS_SEEN, clock.pk: agreed}, delivery=Order.Delivery.SHIP)

    assert_nothing_happened()


def test_other_terms_than_the_agreed_ones_are_not_taken(clock: Item) -> None:
    with pytest.raises(SummaryChanged):
        place_order(order=new_order("ann"), agreed={clock.pk: AS_SEEN}, site="", terms="0" * 64)

    assert_nothing_happened()


def test_what_is_only_collected_by_now_is_not_sent(clock: Item) -> None:
    Item.objects.update(shipping=None)

    with pytest.raises(SummaryChanged):
        place({clock.pk: AS_SEEN._replace(shipping=None)}, delivery=Order.Delivery.SHIP)
    assert_nothing_happened()


def test_what_staff_have_deleted_meanwhile_is_gone(clock: Item) -> None:
    with pytest.raises(NotEnoughAvailable) as refusal:
        place({clock.pk: AS_SEEN, 2**40: AS_SEEN})

    assert (refusal.value.item_id, refusal.value.left) == (2**40, 0)
    assert_nothing_happened()
