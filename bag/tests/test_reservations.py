from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bag.admin.forms import ReserveForm
from bag.exceptions import NotEnoughAvailable
from bag.reservations import extend_holds, release_pieces, reserve_piece
from bag.services import claim_pieces, hold_pieces, release_lapsed_holds
from bag.waitlist.services import claim_item
from store.closed_days import ClosedDays
from store.models import STAFF_RESERVED, Item, Piece, PieceEvent, ShopProfile
from store.tests.factories import make_item, make_order
from store.tests.time import let_holds_lapse

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

DAY = timedelta(days=1)


def hold(item: Item, bag_key: str = "alice") -> None:
    hold_pieces(item_id=item.pk, quantity=1, bag_key=bag_key)


def reserve(item: Item, actor: User, customer: User | None = None) -> datetime:
    until = timezone.now() + DAY
    piece = item.pieces.all()[0]
    reserve_piece(piece=piece, until=until, customer=customer, actor=actor, reason="Ms Blue")
    return until


def last_event(kind: str) -> PieceEvent:
    return PieceEvent.objects.filter(kind=kind).select_related("actor").latest("pk")


def test_a_released_piece_is_free_and_says_who_and_why(clock: Item, sam: User) -> None:
    hold(clock)

    assert release_pieces(pieces=Piece.objects.all(), actor=sam, reason="Broken") == 1

    assert Piece.objects.available().get().held_by is None
    event = last_event("released")
    assert (event.actor, event.note) == (sam, "Broken")


def test_what_is_ordered_sold_or_lapsed_is_not_released(sam: User) -> None:
    make_order(make_item())
    make_order(make_item(), paid=True)
    lapsed = make_item()
    hold(lapsed)
    let_holds_lapse()

    assert release_pieces(pieces=Piece.objects.all(), actor=sam, reason="Broken") == 0

    assert Piece.objects.filter(order__isnull=False).count() == 2
    assert not PieceEvent.objects.filter(kind="released").exists()


@pytest.mark.parametrize("until", [timedelta(minutes=2), 7 * DAY])
def test_a_hold_ends_earlier_or_later(clock: Item, sam: User, until: timedelta) -> None:
    hold(clock)
    end = timezone.now() + until

    assert extend_holds(pieces=Piece.objects.all(), until=end, actor=sam, reason="Fair") == 1

    assert Piece.objects.held_by("alice").get().held_until == end
    assert last_event("extended").until == end


def test_no_reservation_ends_while_the_shop_is_closed(clock: Item, sam: User) -> None:
    today = timezone.localdate()
    closed = ClosedDays(today, today + 3 * DAY)
    profile = ShopProfile.get_solo()
    profile.closed_days = [closed.row]
    profile.save()

    wanted = reserve(clock, sam)
    piece = clock.pieces.get()
    open_again = ShopProfile.get_solo().open_time(wanted)
    assert piece.held_until == open_again
    assert timezone.localdate(open_again) == today + 4 * DAY
    form = ReserveForm(now=timezone.now(), piece=piece)
    assert timezone.localdate(form.initial["until"]) == today + 4 * DAY
    end = timezone.now() + 2 * DAY
    bag = make_item()
    hold(bag)

    assert extend_holds(pieces=Piece.objects.all(), until=end, actor=sam, reason="Fair") == 2

    assert clock.pieces.get().held_until == ShopProfile.get_solo().open_time(end)
    # A bag's time does not pause.
    assert bag.pieces.get().held_until == end


def test_a_hold_that_has_ended_is_not_revived(clock: Item, sam: User) -> None:
    hold(clock)
    let_holds_lapse()
    end = timezone.now() + DAY

    assert extend_holds(pieces=Piece.objects.all(), until=end, actor=sam, reason="Late") == 0

    assert Piece.objects.available().exists()
    assert not PieceEvent.objects.filter(kind="extended").exists()


def test_a_reserved_piece_is_nobody_elses_until_then(clock: Item, sam: User, alice: User) -> None:
    until = reserve(clock, sam, customer=alice)

    with pytest.raises(NotEnoughAvailable):
        hold(clock, "bob")

    piece = Piece.objects.held_by(STAFF_RESERVED).get()
    assert (piece.held_for, piece.held_until, piece.renewals) == (alice, until, 0)
    event = last_event("reserved")
    assert (event.actor, event.note, event.until) == (sam, "Ms Blue", until)


def test_only_a_free_piece_is_reserved(clock: Item, sam: User) -> None:
    hold(clock)

    with pytest.raises(NotEnoughAvailable):
        reserve(clock, sam)

    assert Piece.objects.held_by("alice").exists()
    assert not PieceEvent.objects.filter(kind="reserved").exists()


def test_a_lapsed_hold_is_written_down_before_its_piece_is_reserved(clock: Item, sam: User) -> None:
    hold(clock)
    let_holds_lapse()

    reserve(clock, sam)

    assert release_lapsed_holds() == 0
    kinds = PieceEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["in", "held", "lapsed", "reserved"]


def test_logging_out_leaves_reserved_what_staff_had_reserved(
    client: Client, clock: Item, alice: User, sam: User
) -> None:
    piece = Piece.objects.get(item=clock)
    until = timezone.now() + timedelta(hours=1)
    reserve_piece(piece=piece, until=until, customer=alice, actor=sam, reason="on the phone")
    client.force_login(alice)
    client.post(reverse("bag:add", args=[make_item().pk]))
    key = client.session["bag"]["key"]
    claim_pieces(pieces=Piece.objects.filter(pk=piece.pk), bag_key=key, customer=alice)

    client.post(reverse("accounts:logout"), {"bag": "release"})

    piece.refresh_from_db()
    assert (piece.held_by, piece.held_for, piece.held_until) == (STAFF_RESERVED, alice, until)
    assert not Piece.objects.held_by(key).exists()


def reserve_many(item: Item, actor: User, customer: User) -> None:
    for piece in item.pieces.available():
        reserve_piece(
            piece=piece, until=timezone.now() + DAY, customer=customer, actor=actor, reason="Chairs"
        )


def test_what_staff_have_reserved_fits_into_any_bag(sam: User, alice: User) -> None:
    chairs = make_item(pieces=12)
    hold_pieces(item_id=make_item(pieces=10).pk, quantity=10, bag_key="laptop", customer=alice)
    reserve_many(chairs, sam, alice)

    for bag in ("phone", "laptop"):
        assert claim_item(item_id=chairs.pk, bag_key=bag, customer=alice) == 12
        assert Piece.objects.held_by(bag).filter(item=chairs).count() == 12


def test_what_does_not_fit_beside_it_stays_where_it_is(sam: User, alice: User) -> None:
    chairs = make_item(pieces=3)
    hold_pieces(item_id=chairs.pk, quantity=1, bag_key="phone", customer=alice)
    hold_pieces(item_id=make_item(pieces=10).pk, quantity=10, bag_key="laptop", customer=alice)
    reserve_many(chairs, sam, alice)

    assert claim_item(item_id=chairs.pk, bag_key="laptop", customer=alice) == 2
    assert Piece.objects.held_by("phone").count() == 1
