"""Staff delete what a shopper takes at the same moment, or put back what the timer removes."""

from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models.functions import Now

from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from store.admin.catalogue import save_but_bin
from store.bin import bin_items, empty_bin, in_bin, put_back
from store.exceptions import PiecesInUse
from store.models import Item, Piece, PieceQuerySet
from store.tests.factories import make_item
from tests.crowd import at_once, just_before

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]
ROUNDS = 5
REFUSED = (PiecesInUse, NotEnoughAvailable, Item.DoesNotExist)


def faults(ends: list[Any]) -> list[Exception]:
    return [end for end in ends if isinstance(end, Exception) and not isinstance(end, REFUSED)]


def take(item: Item, number: int = 1) -> Any:
    return hold_pieces(item_id=item.pk, quantity=1, bag_key=f"bag {number}")


def test_a_thing_is_deleted_or_in_a_bag_and_never_both() -> None:
    for _ in range(ROUNDS):
        clock = make_item()
        deleting = [partial(bin_items, [clock], actor=None)] * 2

        ends = at_once([*deleting, *[partial(take, clock, number) for number in range(4)]])

        assert faults(ends) == []
        held = Piece.objects.held().filter(item=clock)
        assert held.exists() != in_bin().filter(pk=clock.pk).exists()


@pytest.mark.postgresql
def test_control_without_locks_a_thing_is_deleted_out_of_a_bag() -> None:
    clock = make_item()
    taken: list[Any] = []

    with (
        patch("store.bin.lock_items", lambda keys: None),
        patch.object(PieceQuerySet, "lock", lambda pieces: pieces),
        just_before('UPDATE "store_piece"', lambda: taken.extend(at_once([partial(take, clock)]))),
    ):
        bin_items([clock], actor=None)

    assert faults(taken) == []
    assert taken
    assert in_bin().exists()
    assert not Piece.objects.held().exists()


def test_what_the_timer_removes_is_gone_whole_or_back_whole() -> None:
    for _ in range(ROUNDS):
        clock = make_item()
        bin_items([clock], actor=None)
        in_bin().update(bin_until=Now() - timedelta(seconds=1))

        ends = at_once([empty_bin, empty_bin, partial(put_back, [clock], actor=None)])

        assert faults(ends) == []
        pieces = Piece.objects.filter(item=clock.pk)
        assert Item.objects.filter(pk=clock.pk).exists() == pieces.on_sale().exists()
        assert pieces.count() == pieces.on_sale().count()


def test_what_was_binned_since_it_was_read_is_not_published() -> None:
    clock = make_item()
    bin_items([clock], actor=None)

    clock.title = "Better words"
    save_but_bin(clock, {"title", "published"})

    [binned] = in_bin()
    assert (binned.title, binned.published) == ("Better words", False)
    assert binned.published_before


def test_nothing_is_published_in_the_bin() -> None:
    for _ in range(ROUNDS):
        clock = make_item()

        ends = at_once(
            [
                partial(save_but_bin, clock, {"title", "published"}),
                partial(bin_items, [clock], actor=None),
            ]
        )

        assert faults(ends) == []
        assert not in_bin().get(pk=clock.pk).published


@pytest.mark.postgresql
def test_control_without_the_lock_a_thing_is_published_in_the_bin() -> None:
    clock = make_item()
    binned: list[Any] = []
    put_in_bin = partial(bin_items, [clock], actor=None)

    with (
        patch("store.admin.catalogue.lock_items", lambda keys: None),
        just_before('UPDATE "store_item"', lambda: binned.extend(at_once([put_in_bin]))),
    ):
        save_but_bin(clock, {"title", "published"})

    assert binned == [[clock.pk]]
    assert in_bin().get().published
