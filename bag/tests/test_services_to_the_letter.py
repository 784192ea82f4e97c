"""What faults of a tool in `bag/services.py` survived: see docs/mutation.md."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bag import services
from bag.exceptions import BagFull, NotEnoughAvailable
from bag.reservations import reserve_piece
from bag.services import (
    choose_to_order,
    claim_pieces,
    hold_pieces,
    leave_what_fits,
    release_holds,
    release_lapsed_holds,
    release_some_lapsed_holds,
    renew_holds,
)
from bag.tests.factories import join, make_held_item
from store.models import Item, Piece, PieceEvent
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse, let_pass

MINUTE = timedelta(minutes=1)

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def hold(item: Item, quantity: int = 1, bag_key: str = "alice") -> None:
    hold_pieces(item_id=item.pk, quantity=quantity, bag_key=bag_key)


def refusal_of(call: Callable[..., Any], **arguments: Any) -> NotEnoughAvailable:
    with pytest.raises(NotEnoughAvailable) as refusal:
        call(**arguments)
    return refusal.value


# --- Taking ------------------------------------------------------------------


def test_a_refusal_tells_of_the_first_piece_of_that_item_that_ends() -> None:
    hold(make_item(), bag_key="carol")
    straps = make_item(pieces=2)
    hold(straps, bag_key="bob")
    hold(straps, bag_key="dora")
    let_pass(MINUTE * 10)
    renew_holds(bag_key="bob")

    refusal = refusal_of(hold, item=straps)

    assert refusal.available_again_at == Piece.objects.get(held_by="dora").held_until
    assert (refusal.in_bag, refusal.title) == (0, straps.title)


def test_a_refusal_tells_what_of_it_is_in_the_bag_already() -> None:
    hold(make_item())
    straps = make_item(pieces=2)
    hold(straps, 2)

    refusal = refusal_of(hold, item=straps)

    assert (refusal.in_bag, refusal.left, refusal.available_again_at) == (2, 0, None)
    assert not refusal.spoken_for


def test_only_what_is_taken_is_written_down_as_lapsed() -> None:
    lamp, clock = make_held_item(), make_held_item()
    let_holds_lapse()

    hold(clock)

    assert [event.piece.item for event in PieceEvent.objects.filter(kind="lapsed")] == [clock]
    assert Piece.objects.get(item=lamp).held_by == "holder"


def test_a_refusal_in_the_midst_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    straps = make_item(pieces=2)
    with monkeypatch.context() as patch:
        patch.setattr(services, "consume_holds", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hold(straps, 2)

    assert not Piece.objects.held().exists()
    assert not PieceEvent.objects.filter(kind="held").exists()


def test_what_was_just_taken_has_its_time_and_gains_none(clock: Item) -> None:
    hold(clock)
    until = Piece.objects.get().held_until

    assert renew_holds(bag_key="alice") == 1
    assert Piece.objects.get().held_until == until
    assert not PieceEvent.objects.filter(kind="renewed").exists()


def test_who_renews_is_written_down(clock: Item, alice: User) -> None:
    hold(clock)
    let_pass(MINUTE * 5)

    assert renew_holds(bag_key="alice", actor=alice) == 1
    assert PieceEvent.objects.get(kind="renewed").actor == alice


def test_a_bag_never_takes_more_than_fits() -> None:
    straps = make_item(pieces=settings.BAG_LIMIT + 1)
    hold(straps, settings.BAG_LIMIT - 1)

    with pytest.raises(BagFull):
        hold(straps, 2)
    hold(straps)
    assert Piece.objects.held_by("alice").count() == settings.BAG_LIMIT


def test_nothing_is_left_where_more_wait_than_there_are() -> None:
    vase = make_held_item()
    for name in ("ann", "ben"):
        join(vase, name)
    let_holds_lapse()

    assert refusal_of(hold, item=vase).left == 0


# --- Giving back -------------------------------------------------------------


def test_of_two_things_one_is_given_back(clock: Item) -> None:
    lamp = make_item()
    hold(clock)
    hold(lamp)

    assert release_holds(bag_key="alice", item_id=clock.pk) == 1
    assert [piece.item for piece in Piece.objects.held()] == [lamp]


def test_everything_is_given_back_at_once(clock: Item, alice: User) -> None:
    hold(clock)
    hold(make_item())

    assert release_holds(bag_key="alice", actor=alice) == 2
    assert PieceEvent.objects.filter(kind="released", actor=alice).count() == 2


def test_the_latest_taken_is_given_back_first() -> None:
    straps = make_item(pieces=3)
    for _ in range(3):
        hold(straps)
    first, _second, _third = Piece.objects.order_by("held_since", "pk")

    assert release_holds(bag_key="alice", item_id=straps.pk, quantity=2) == 2
    assert Piece.objects.held().get() == first


def test_a_round_tidies_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    make_held_item(pieces=3)
    let_holds_lapse()
    monkeypatch.setattr(services, "LAPSED_HOLDS_PER_ROUND", 2)

    assert release_some_lapsed_holds() == 2
    assert Piece.objects.lapsed().count() == 1
    assert PieceEvent.objects.filter(kind="lapsed").count() == 2


# --- From one bag into another -----------------------------------------------


def test_what_is_in_the_bag_already_is_not_claimed_again(clock: Item, alice: User) -> None:
    hold(clock)
    lamp = make_held_item()

    assert claim_pieces(pieces=Piece.objects.all(), bag_key="alice", customer=alice) == 1
    assert {piece.held_by for piece in Piece.objects.all()} == {"alice"}
    assert Piece.objects.get(item=lamp).held_for == alice
    claimed = PieceEvent.objects.filter(kind="held", actor=alice).get()
    assert claimed.piece.item == lamp


@pytest.mark.parametrize(("in_bag", "fits"), [(0, True), (1, False)])
def test_a_bag_is_filled_to_its_last_place(in_bag: int, fits: bool) -> None:
    hold(make_item(), in_bag) if in_bag else None
    others = make_held_item(pieces=settings.BAG_LIMIT)
    pieces = Piece.objects.filter(item=others)

    if fits:
        assert claim_pieces(pieces=pieces, bag_key="alice") == settings.BAG_LIMIT
    else:
        with pytest.raises(BagFull):
            claim_pieces(pieces=pieces, bag_key="alice")


@pytest.mark.parametrize(("more", "given_back"), [(0, 0), (1, 1), (3, 2)])
def test_what_comes_back_fills_a_bag_to_its_last_place(more: int, given_back: int) -> None:
    hold(make_item(pieces=settings.BAG_LIMIT - 2), settings.BAG_LIMIT - 2)
    back = make_held_item(pieces=2)
    pieces = Piece.objects.filter(item=back)
    pieces.update(held_by="alice")
    Piece.objects.filter(item=make_held_item(pieces=more + 1)).exclude(
        pk=Piece.objects.latest("pk").pk
    ).update(held_by="alice")

    leave_what_fits(pieces=pieces, bag_key="alice")

    assert pieces.held_by("alice").count() == 2 - given_back
    released = PieceEvent.objects.filter(kind="released", piece__item=back)
    assert released.count() == given_back


def test_what_was_once_reserved_is_a_hold_as_any_other_later(sam: User) -> None:
    straps = make_item(pieces=settings.BAG_LIMIT + 1)
    last = straps.pieces.order_by("-pk")[0]
    until = timezone.now() + timedelta(days=1)
    reserve_piece(piece=last, until=until, customer=None, actor=sam, reason="Ms Blue")
    let_holds_lapse()
    hold(straps, settings.BAG_LIMIT)
    hold(straps, bag_key="laptop")

    with pytest.raises(BagFull):
        claim_pieces(pieces=Piece.objects.filter(pk=last.pk), bag_key="alice")


def reserve(item: Item, actor: User) -> None:
    until = timezone.now() + timedelta(days=1)
    for piece in item.pieces.all():
        reserve_piece(piece=piece, until=until, customer=None, actor=actor, reason="Ms Blue")


def test_what_is_reserved_takes_no_place_in_the_bag(sam: User) -> None:
    kept = make_item(pieces=settings.BAG_LIMIT)
    reserve(kept, sam)
    everything = Piece.objects.filter(item__in=[kept, make_held_item()])

    assert claim_pieces(pieces=everything, bag_key="alice") == settings.BAG_LIMIT + 1


def test_what_was_reserved_takes_none_once_it_is_there(sam: User) -> None:
    kept = make_item(pieces=settings.BAG_LIMIT)
    reserve(kept, sam)
    claim_pieces(pieces=Piece.objects.filter(item=kept), bag_key="alice")
    lamp = make_held_item()

    assert claim_pieces(pieces=Piece.objects.filter(item=lamp), bag_key="alice") == 1


# --- Ordering ----------------------------------------------------------------


def test_an_order_takes_pieces_of_its_item_alone(clock: Item) -> None:
    hold(make_item())
    hold(clock)

    own = Piece.objects.get(item=clock)
    assert choose_to_order(item_id=clock.pk, quantity=1, bag_key="alice") == [own.pk]
    assert refusal_of(choose_to_order, item_id=clock.pk, quantity=2, bag_key="alice").left == 1


def test_an_order_may_take_the_last_piece_and_no_more() -> None:
    straps = make_item(pieces=2)
    pieces = [piece.pk for piece in straps.pieces.order_by("pk")]
    # Somebody waits, but for something else.
    join(make_held_item(), "dora")

    chosen = choose_to_order(item_id=straps.pk, quantity=2, bag_key="alice")
    refusal = refusal_of(choose_to_order, item_id=straps.pk, quantity=3, bag_key="alice")

    assert sorted(chosen) == pieces
    assert (refusal.item_id, refusal.left) == (straps.pk, 2)


def test_what_others_wait_for_is_not_ordered() -> None:
    straps = make_held_item(pieces=2)
    for name in ("ann", "ben", "cat"):
        join(straps, name)
    join(make_held_item(), "dora")
    let_holds_lapse()

    refusal = refusal_of(choose_to_order, item_id=straps.pk, quantity=1, bag_key="alice")

    assert (refusal.left, refusal.spoken_for) == (0, True)


def test_the_one_piece_that_is_left_is_spoken_for() -> None:
    vase = make_held_item()
    join(vase, "ann")
    let_holds_lapse()

    refusal = refusal_of(choose_to_order, item_id=vase.pk, quantity=1, bag_key="alice")

    assert (refusal.left, refusal.spoken_for) == (0, True)


def test_nobody_waits_for_what_is_only_held() -> None:
    vase = make_held_item()

    refusal = refusal_of(choose_to_order, item_id=vase.pk, quantity=1, bag_key="alice")

    assert (refusal.left, refusal.spoken_for) == (0, False)


# --- Locks -------------------------------------------------------------------


@transaction.atomic
def in_an_order(item: Item) -> None:
    choose_to_order(item_id=item.pk, quantity=1, bag_key="alice")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("call", "table"),
    [
        (lambda item: hold(item), "store_item"),
        (lambda _: renew_holds(bag_key="holder"), "store_piece"),
        (lambda _: release_holds(bag_key="holder"), "store_piece"),
        (lambda _: claim_pieces(pieces=Piece.objects.all(), bag_key="alice"), "store_piece"),
        (lambda _: release_lapsed_holds(), "store_piece"),
        (in_an_order, "store_piece"),
    ],
    ids=["hold", "renew", "release", "claim", "tidy", "order"],
)
def test_what_is_changed_is_locked_in_a_transaction_of_its_own(
    call: Callable[[Item], object], table: str
) -> None:
    """PostgreSQL refuses a lock outside of a transaction, and SQLite knows none."""
    item = make_item()
    make_held_item()
    with CaptureQueriesContext(connection) as queries:
        call(item)

    asked = [query["sql"] for query in queries]
    assert [sql for sql in asked if f'FROM "{table}"' in sql and "FOR UPDATE" in sql]


@pytest.mark.postgresql
def test_what_comes_into_one_bag_comes_one_after_the_other() -> None:
    make_held_item()
    with CaptureQueriesContext(connection) as queries:
        claim_pieces(pieces=Piece.objects.all(), bag_key="alice")

    begun, first, *_ = [query["sql"] for query in queries]
    assert begun.startswith("SAVEPOINT")
    assert "advisory" in first


@pytest.mark.postgresql
def test_the_piece_that_came_first_is_taken_first() -> None:
    straps = make_item(pieces=2)
    first, _second = straps.pieces.order_by("pk")
    # PostgreSQL writes a changed row to the table's end.
    Piece.objects.filter(pk=first.pk).update(serial_number="1")

    hold(straps)

    assert Piece.objects.held().get() == first
