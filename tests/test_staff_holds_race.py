"""Staff decide about a piece at the moment in which shoppers take it or give it back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from bag.reservations import reserve_piece
from bag.services import hold_pieces, new_hold, release_holds
from store.history import Kind, record_events
from store.models import STAFF_RESERVED, Item, Piece
from store.services import withdraw_pieces
from store.tests.factories import make_item
from tests.crowd import at_once, just_before

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SHOPPERS = 6
ROUNDS = 10


def reserve(piece: Piece, actor: User) -> str:
    until = timezone.now() + timedelta(days=1)
    reserve_piece(piece=piece, until=until, customer=None, actor=actor, reason="Rang up")
    return STAFF_RESERVED


def reserve_carelessly(piece: Piece, actor: User) -> str:
    if not Piece.objects.available().filter(pk=piece.pk).exists():
        raise LookupError
    Piece.objects.filter(pk=piece.pk).update(**new_hold(STAFF_RESERVED))
    return STAFF_RESERVED


def take(item: Item, number: int) -> str:
    hold_pieces(item_id=item.pk, quantity=1, bag_key=f"bag {number}")
    return f"bag {number}"


def winners(reserving: Callable[[Piece, User], str], actor: User) -> list[int]:
    """How many were told, in each round, that the one piece is theirs."""
    counts = []
    for _ in range(ROUNDS):
        item = make_item()
        shoppers = [partial(take, item, number) for number in range(SHOPPERS)]
        answers = at_once([partial(reserving, item.pieces.get(), actor), *shoppers])
        counts.append(len([answer for answer in answers if isinstance(answer, str)]))
    return counts


@pytest.mark.on_both
def test_a_piece_is_reserved_or_taken_and_never_both(sam: User) -> None:
    assert winners(reserve, sam) == [1] * ROUNDS


def test_control_check_then_reserve_takes_it_from_a_shopper(sam: User, clock: Item) -> None:
    # When this fails, the test above has stopped proving anything.
    taken: list[Any] = []
    shopper = partial(take, clock, 1)
    with just_before('UPDATE "store_piece"', lambda: taken.extend(at_once([shopper]))):
        assert reserve_carelessly(clock.pieces.get(), sam) == STAFF_RESERVED
    assert taken == ["bag 1"]


@transaction.atomic
def withdraw_without_lock(pieces: list[Piece]) -> None:
    chosen = Piece.objects.available().filter(pk__in=[piece.pk for piece in pieces])
    record_events(chosen, Kind.WITHDRAWN)
    chosen.update(withdrawn_at=Now())


def withdrawn_in_silence(item: Item, withdraw: Callable[[list[Piece]], Any]) -> bool:
    """Withdraw a piece that is given back to the shop meanwhile."""
    take(item, 1)
    give_up = partial(release_holds, bag_key="bag 1")
    with just_before('UPDATE "store_piece"', partial(at_once, [give_up])):
        withdraw(list(item.pieces.all()))
    piece = item.pieces.get()
    return bool(piece.withdrawn_at) and not piece.events.filter(kind="withdrawn").exists()


def test_nothing_is_withdrawn_in_silence(clock: Item) -> None:
    assert not withdrawn_in_silence(clock, withdraw_pieces)


def test_control_without_the_lock_it_is(clock: Item) -> None:
    # When this fails, the test above has stopped proving anything.
    assert withdrawn_in_silence(clock, withdraw_without_lock)
