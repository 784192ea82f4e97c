from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bag import services
from bag.exceptions import NotEnoughAvailable
from bag.services import (
    choose_to_order,
    hold_pieces,
    release_holds,
    release_lapsed_holds,
    renew_holds,
)
from store.models import Item, Order, Piece, PieceEvent
from store.tests.factories import make_item, make_order
from store.tests.time import let_holds_lapse, let_pass

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

MINUTE = timedelta(minutes=1)


def hold(item: Item, quantity: int = 1, bag_key: str = "alice") -> None:
    hold_pieces(item_id=item.pk, quantity=quantity, bag_key=bag_key)


def test_a_held_piece_is_not_free(clock: Item) -> None:
    hold(clock)

    assert Piece.objects.held_by("alice").count() == 1
    assert not Piece.objects.available().exists()


def test_a_hold_lasts_for_the_hold_time(clock: Item) -> None:
    hold(clock)

    piece = Piece.objects.get()
    assert piece.held_since and piece.held_until  # noqa: PT018
    assert piece.held_until - piece.held_since == settings.HOLD_FOR
    assert abs(timezone.now() - piece.held_since) < MINUTE


def test_the_last_one_is_refused_to_a_second_bag(clock: Item) -> None:
    hold(clock)

    with pytest.raises(NotEnoughAvailable) as refusal:
        hold(clock, bag_key="bob")

    assert refusal.value.left == 0
    assert refusal.value.available_again_at == Piece.objects.get().held_until


def test_the_update_asks_once_more_whether_a_piece_is_free(clock: Item) -> None:
    """The second guard by itself: for code that has seen an available piece and holds no lock."""
    hold(clock)

    assert services.hold(Piece.objects.get().pk, "bob", None) == 0
    assert Piece.objects.held_by("alice").count() == 1
    assert PieceEvent.objects.filter(kind=PieceEvent.Kind.HELD).count() == 1


def test_taking_tells_what_is_in_the_bag_with_it(db: None) -> None:
    straps, pedals = make_item(pieces=5), make_item(pieces=2)
    hold_pieces(item_id=straps.pk, quantity=2, bag_key="alice")
    hold_pieces(item_id=pedals.pk, quantity=2, bag_key="alice")
    hold_pieces(item_id=straps.pk, quantity=1, bag_key="bob")

    taken = hold_pieces(item_id=straps.pk, quantity=2, bag_key="alice")

    assert taken.counts == {straps.pk: 4, pedals.pk: 2}


def test_it_is_all_or_nothing(db: None) -> None:
    straps = make_item(pieces=3)

    with pytest.raises(NotEnoughAvailable) as refusal:
        hold(straps, 4)

    assert refusal.value.left == 3
    assert Piece.objects.available().count() == 3


def test_a_failed_add_leaves_ones_own_hold_as_it_was(clock: Item) -> None:
    hold(clock)
    before = Piece.objects.values("held_by", "held_since", "held_until").get()

    with pytest.raises(NotEnoughAvailable):
        hold(clock)

    assert Piece.objects.values("held_by", "held_since", "held_until").get() == before


def test_it_is_free_the_second_time_is_up_without_any_timer(clock: Item) -> None:
    hold(clock)
    # SQLite's clock counts in milliseconds.
    let_pass(settings.HOLD_FOR + timedelta(milliseconds=1))

    hold(clock, bag_key="bob")

    assert Piece.objects.held_by("bob").count() == 1


def test_taking_another_piece_does_not_prolong_the_first(db: None) -> None:
    straps = make_item(pieces=2)
    hold(straps)
    first = Piece.objects.held_by("alice").get()
    hold(straps)

    assert Piece.objects.get(pk=first.pk).held_until == first.held_until


def test_renewing_starts_the_hold_time_anew(clock: Item) -> None:
    hold(clock)
    let_pass(10 * MINUTE)

    assert renew_holds(bag_key="alice") == 1

    until = Piece.objects.get().held_until
    assert until
    assert abs(until - timezone.now() - settings.HOLD_FOR) < MINUTE


def test_ten_renewals_are_the_most(clock: Item) -> None:
    hold(clock)
    renewed = 0
    for _ in range(20):
        let_pass(settings.HOLD_FOR - timedelta(seconds=5))
        renewed += renew_holds(bag_key="alice")

    piece = Piece.objects.get()
    assert piece.held_since and piece.held_until  # noqa: PT018
    assert piece.held_until - piece.held_since <= 11 * settings.HOLD_FOR
    assert renewed == piece.renewals == 10


def test_what_has_lapsed_is_not_revived(clock: Item) -> None:
    hold(clock)
    let_holds_lapse()

    assert renew_holds(bag_key="alice") == 0
    assert Piece.objects.available().count() == 1


def test_nobody_renews_or_releases_for_somebody_else(clock: Item) -> None:
    hold(clock)

    assert renew_holds(bag_key="bob") == 0
    assert release_holds(bag_key="bob", item_id=clock.pk) == 0
    assert Piece.objects.held_by("alice").count() == 1


def test_the_sweep_tidies_what_has_lapsed_and_nothing_else(clock: Item) -> None:
    hold(clock)
    let_holds_lapse()
    lamp = make_item()
    hold(lamp, bag_key="bob")

    assert release_lapsed_holds() == 1

    assert Piece.objects.get(item=clock).held_by is None
    assert Piece.objects.held_by("bob").count() == 1


def test_the_sweep_goes_on_until_nothing_is_left(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LAPSED_HOLDS_PER_ROUND", 2)
    hold(make_item(pieces=5), 5)
    let_holds_lapse()

    assert release_lapsed_holds() == 5
    assert not Piece.objects.lapsed().exists()


@pytest.mark.parametrize("end", [release_lapsed_holds, lambda: hold(Item.objects.get(), 1, "bob")])
def test_nothing_of_a_hold_outlives_it(clock: Item, alice: User, end: Callable[[], object]) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice", customer=alice)
    let_pass(10 * MINUTE)
    renew_holds(bag_key="alice")
    let_holds_lapse()
    end()

    piece = Piece.objects.get()
    assert (piece.held_for, piece.renewals) == (None, 0)


def test_no_release_touches_what_is_ordered_or_sold(clock: Item) -> None:
    order = make_order(clock, paid=True)

    release_holds(bag_key=order.bag_key)
    release_lapsed_holds()

    piece = Piece.objects.get()
    assert piece.order == order
    assert piece.sold_at


def test_neither_ordered_nor_withdrawn_things_can_be_held(clock: Item) -> None:
    make_order(clock)
    lamp = make_item()
    Piece.objects.filter(item=lamp).update(withdrawn_at=timezone.now())

    for item in (clock, lamp):
        with pytest.raises(NotEnoughAvailable):
            hold(item)
    assert Order.objects.count() == 1


def test_an_order_takes_what_is_held_before_what_has_lapsed(db: None) -> None:
    straps = make_item(pieces=2)
    hold(straps)
    let_pass(settings.HOLD_FOR - MINUTE)
    hold(straps)
    let_pass(2 * MINUTE)
    [held] = Piece.objects.held_by("alice")

    assert choose_to_order(item_id=straps.pk, quantity=1, bag_key="alice") == [held.pk]
