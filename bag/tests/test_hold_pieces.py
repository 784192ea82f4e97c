import pytest

from bag.exceptions import NotEnoughFree
from bag.services import hold_pieces, renew_holds
from store.models import Item, Piece

pytestmark = pytest.mark.on_both


def test_a_held_piece_is_not_free(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")

    assert Piece.objects.held_by("alice").count() == 1
    assert Piece.objects.free().count() == 0


def test_the_last_one_is_refused_to_a_second_bag(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")

    with pytest.raises(NotEnoughFree) as refusal:
        hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    assert refusal.value.left == 0


def test_renewing_at_once_gives_no_extra_time_beyond_the_hold(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    assert renew_holds(bag_key="alice") == 1
