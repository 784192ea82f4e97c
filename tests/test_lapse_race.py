"""Several sweeps and the next takers meet the same lapsed holds."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from bag.services import hold_pieces, release_lapsed_holds
from store.history import record_lapsed
from store.models import NO_HOLD, Item, Piece, PieceEvent
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse
from tests.crowd import at_once, meeting

pytestmark = pytest.mark.django_db(transaction=True)

THINGS = 12
ROUNDS = 5


@transaction.atomic
def sweep_carelessly() -> None:
    """`release_lapsed_holds` without its lock. SQLite, with one writer at a time, needs none."""
    chosen = list(Piece.objects.lapsed().values_list("pk", flat=True))
    record_lapsed(Piece.objects.lapsed().filter(pk__in=chosen))
    Piece.objects.lapsed().filter(pk__in=chosen).update(**NO_HOLD)


def held_by_all(bag_key: str, things: list[Item]) -> None:
    for thing in things:
        hold_pieces(item_id=thing.pk, quantity=1, bag_key=f"{bag_key} {thing.pk}")


def lapses(
    sweep: Callable[[], Any], *, takers: bool, start: Callable[..., list[Any]] = at_once
) -> Counter[int]:
    """How many pieces are told to have lapsed how often, each having done so once."""
    found: Counter[int] = Counter()
    for _ in range(ROUNDS):
        things = [make_item() for _ in range(THINGS)]
        held_by_all("first", things)
        let_holds_lapse()
        takes = [partial(held_by_all, "second", [thing]) for thing in things if takers]
        ends = start([*takes, *[sweep] * 4])
        assert [end for end in ends if isinstance(end, Exception)] == []
        told = PieceEvent.objects.filter(kind="lapsed", piece__item__in=things)
        found += Counter(Counter(told.values_list("piece", flat=True)).values())
    return found


@pytest.mark.on_both
@pytest.mark.parametrize("takers", [False, True])
def test_a_lapse_is_told_once_by_whoever_comes_first(takers: bool) -> None:
    assert lapses(release_lapsed_holds, takers=takers) == {1: ROUNDS * THINGS}


@pytest.mark.on_both
def test_what_is_taken_at_the_moment_of_the_sweep_stays_taken() -> None:
    lapses(release_lapsed_holds, takers=True)

    # Those of the last round; the others were let lapse before it.
    assert Piece.objects.held().count() == THINGS


def sweep_that_waits_briefly() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    return release_lapsed_holds()


def test_what_another_process_is_tidying_is_passed_over() -> None:
    for thing in (make_item(), make_item()):
        hold_pieces(item_id=thing.pk, quantity=1, bag_key="first")
    let_holds_lapse()

    with transaction.atomic():
        first = Piece.objects.lapsed().select_for_update().order_by("pk")[0]
        assert at_once([sweep_that_waits_briefly]) == [1]
    assert Piece.objects.lapsed().get() == first


def test_control_without_the_lock_it_is_told_twice() -> None:
    # When this fails, the tests above have stopped proving anything.
    all_have_told = partial(meeting, 'UPDATE "store_piece"')
    assert lapses(sweep_carelessly, takers=False, start=all_have_told) == {4: ROUNDS * THINGS}
