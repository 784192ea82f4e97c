from typing import Any

import pytest
from django.db.models.functions import Now

from store.exceptions import PiecesInUse
from store.models import Item, Piece
from store.pieces import add_pieces, delete_items, delete_pieces, next_numbers
from store.stock import stock_of
from store.tests.admin_steps import cancelled, hold, order, sell
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse


@pytest.mark.parametrize("fate", [hold, order, cancelled, sell])
def test_one_piece_in_use_keeps_all_from_being_deleted(db: None, fate: Any) -> None:
    available, used = make_item(pieces=2).pieces.all()
    fate(used)

    with pytest.raises(PiecesInUse) as refusal:
        delete_pieces([available, used])
    with pytest.raises(PiecesInUse):
        delete_items([available.item, make_item()])

    assert refusal.value.pieces == [used]
    assert Piece.objects.count() == 3
    assert Item.objects.count() == 2


def test_numbers_that_are_taken_are_passed_over(clock: Item) -> None:
    add_pieces(item=clock, quantity=2, first_number="U7-2")
    assert next_numbers("U7", 3) == ["U7", "U7-3", "U7-4"]


def test_added_pieces_are_found_by_their_number(clock: Item) -> None:
    add_pieces(item=clock, quantity=1, first_number="Ü-77")
    assert list(Item.objects.search("u 77")) == [clock]


def lapsed(piece: Piece) -> None:
    hold(piece)
    let_holds_lapse()


def withdrawn(piece: Piece) -> None:
    Piece.objects.filter(pk=piece.pk).update(withdrawn_at=Now())


@pytest.mark.on_both
@pytest.mark.parametrize("fate", [id, lapsed, hold, withdrawn, order, cancelled, sell])
def test_a_piece_tells_its_state_as_the_database_does(clock: Item, fate: Any) -> None:
    fate(clock.pieces.get())

    (told,) = stock_of(clock).pieces
    annotated = Piece.objects.with_state().with_time_left().get()
    assert told.state == annotated.state
    assert bool(told.held_until) == bool(annotated.time_left)
    if annotated.time_left:
        assert abs(told.time_left - annotated.time_left).total_seconds() < 60
