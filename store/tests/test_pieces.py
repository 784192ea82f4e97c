from typing import Any

import pytest

from store.exceptions import PiecesInUse
from store.models import Item, Piece
from store.pieces import add_pieces, delete_items, delete_pieces, next_numbers
from store.tests.admin_steps import cancelled, hold, order, sell
from store.tests.factories import make_item


@pytest.mark.parametrize("fate", [hold, order, cancelled, sell])
def test_one_piece_in_use_keeps_all_from_being_deleted(db: None, fate: Any) -> None:
    free, used = make_item(pieces=2).pieces.all()
    fate(used)

    with pytest.raises(PiecesInUse) as refusal:
        delete_pieces([free, used])
    with pytest.raises(PiecesInUse):
        delete_items([free.item, make_item()])

    assert refusal.value.pieces == [used]
    assert Piece.objects.count() == 3
    assert Item.objects.count() == 2


def test_numbers_that_are_taken_are_passed_over(clock: Item) -> None:
    add_pieces(item=clock, quantity=2, first_number="U7-2")
    assert next_numbers("U7", 3) == ["U7", "U7-3", "U7-4"]


def test_added_pieces_are_found_by_their_number(clock: Item) -> None:
    add_pieces(item=clock, quantity=1, first_number="Ü-77")
    assert list(Item.objects.search("u 77")) == [clock]
