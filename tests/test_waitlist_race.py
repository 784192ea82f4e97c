"""Many join, serve, take and leave at once: nobody gets what is offered to somebody else."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from django.db.models.functions import Now

from bag.exceptions import NotEnoughAvailable
from bag.models import WaitlistEntry
from bag.services import hold_pieces, release_lapsed_holds
from bag.tests.factories import join, make_held_item
from bag.waitlist.services import (
    ENTRIES_PER_NETWORK,
    accept_offer,
    advance_waitlists,
    leave_waitlist,
    offer_to_next,
)
from store.models import Item, Piece
from store.tests.time import let_holds_lapse
from tests.crowd import at_once, meeting

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]

State = WaitlistEntry.State
PEOPLE = 12


def waitlist_for(item: Item, people: int = PEOPLE) -> list[WaitlistEntry]:
    return [join(item, f"person{number}") for number in range(people)]


def offered(item: Item) -> int:
    """How many entries say that a piece of the item is held for them."""
    return WaitlistEntry.objects.filter(item=item, state=State.OFFERED).count()


def failures(ends: list[object]) -> list[object]:
    return [
        end
        for end in ends
        if isinstance(end, Exception) and not isinstance(end, NotEnoughAvailable)
    ]


def serve_without_lock(*, item_id: int) -> None:
    """`offer_to_next` with its protection taken out: no lock, no second question."""
    available = list(Piece.objects.available().filter(item=item_id))
    waiting = WaitlistEntry.objects.waiting().filter(item=item_id).order_by("?")
    for piece, entry in zip(available, waiting, strict=False):
        until = Now() + settings.HOLD_FOR
        Piece.objects.filter(pk=piece.pk).update(
            held_by=entry.hold_key, held_since=Now(), held_until=until
        )
        WaitlistEntry.objects.filter(pk=entry.pk).update(state=State.OFFERED, piece=piece)


def test_twelve_who_serve_at_once_offer_each_piece_once() -> None:
    for _ in range(5):
        straps = make_held_item(pieces=3)
        waitlist_for(straps)
        let_holds_lapse()

        assert sum(at_once([partial(offer_to_next, item_id=straps.pk)] * 12)) == 3
        assert offered(straps) == 3
        assert WaitlistEntry.objects.offered().filter(item=straps).count() == 3


def offered_without_lock() -> int:
    straps = make_held_item(pieces=3)
    waitlist_for(straps)
    let_holds_lapse()
    meeting('UPDATE "store_piece"', [partial(serve_without_lock, item_id=straps.pk)] * 12)
    return offered(straps)


def test_control_serving_without_a_lock_offers_a_piece_twice() -> None:
    # When this fails, the test above has stopped proving anything.
    assert offered_without_lock() > 3


def test_a_double_click_of_twenty_makes_one_place() -> None:
    vase = make_held_item()

    entries = at_once([partial(join, vase, "ann")] * 20)

    assert {entry.pk for entry in entries} == {WaitlistEntry.objects.get().pk}


def crowd_of_one_network(start: Callable[..., object] = at_once) -> int:
    """Let twenty browsers of one network join one line at once; return how many are in it."""
    vase = make_held_item()
    start([partial(join, vase, f"bot{number}", address="192.0.2.1") for number in range(20)])
    return WaitlistEntry.objects.filter(item=vase).count()


def test_twenty_of_one_network_who_join_at_once_have_two_places() -> None:
    assert [crowd_of_one_network() for _ in range(3)] == [ENTRIES_PER_NETWORK] * 3


# SQLite has one writer at a time.
@pytest.mark.postgresql
def test_control_without_turns_a_network_has_more_places(monkeypatch: pytest.MonkeyPatch) -> None:
    # When this fails, the test above has stopped proving anything.
    monkeypatch.setattr("bag.waitlist.services.lock", lambda name: None)

    all_have_counted = partial(meeting, 'INSERT INTO "bag_')
    assert crowd_of_one_network(all_have_counted) > ENTRIES_PER_NETWORK


def test_a_turn_taken_in_twenty_browsers_is_in_one_bag() -> None:
    vase = make_held_item()
    entry = join(vase, "ann")
    let_holds_lapse()
    advance_waitlists()

    takes = [
        partial(accept_offer, entry=entry, bag_key=f"browser {number}", customer=None)
        for number in range(20)
    ]
    assert Counter(at_once(takes)) == {True: 1, False: 19}
    assert Piece.objects.held().filter(item=vase, held_by__startswith="browser").count() == 1


def test_who_leaves_while_being_served_binds_nothing() -> None:
    for _ in range(5):
        vase = make_held_item()
        entries = waitlist_for(vase, 6)
        let_holds_lapse()
        leaving = [partial(leave_waitlist, entry=entry) for entry in entries[:5]]

        assert failures(at_once([*leaving, *[partial(offer_to_next, item_id=vase.pk)] * 4])) == []
        offer_to_next(item_id=vase.pk)
        assert Piece.objects.held_by(entries[5].hold_key).filter(item=vase).count() == 1


def test_everything_at_once_keeps_the_order_of_the_line() -> None:
    for _ in range(3):
        straps = make_held_item(pieces=4)
        entries = waitlist_for(straps)
        let_holds_lapse()
        takers = [
            partial(hold_pieces, item_id=straps.pk, quantity=1, bag_key=f"third {number}")
            for number in range(6)
        ]
        joining = [partial(join, straps, f"late{number}") for number in range(4)]
        tidying = [advance_waitlists, advance_waitlists, release_lapsed_holds, release_lapsed_holds]

        assert failures(at_once([*takers, *joining, *tidying])) == []
        served = WaitlistEntry.objects.offered().filter(item=straps).order_by("pk")
        assert list(served) == entries[:4]
