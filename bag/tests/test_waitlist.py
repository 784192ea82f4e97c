"""Who is next when a thing is available again."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.retention import retain_all
from bag.exceptions import BagFull, NotEnoughAvailable, RateLimitExceeded
from bag.models import WaitlistEntry
from bag.services import choose_to_order, hold_pieces, release_holds
from bag.tests.factories import free_and_serve, join, make_held_item, sell, state_and_position
from bag.waitlist.mail import notify_waitlists
from bag.waitlist.services import (
    accept_offer,
    advance_waitlists,
    claim_item,
    leave_waitlist,
    offer_to_next,
)
from mail.models import Mail
from store.bin import bin_items, empty_bin, put_back
from store.models import Item, Piece, PieceEvent
from store.models.bin import IN_BIN_FOR
from store.tests.factories import make_item, make_order
from store.tests.time import let_holds_lapse

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

State = WaitlistEntry.State
HOME = "192.0.2.1"


def test_the_first_in_line_gets_what_lapses(vase: Item) -> None:
    ann, ben = join(vase, "ann"), join(vase, "ben")

    assert free_and_serve() == 1
    assert Piece.objects.held_by(ann.hold_key).count() == 1
    assert state_and_position(ann)[0] == State.OFFERED
    assert state_and_position(ben) == (State.WAITING, 1)


def test_two_pieces_go_to_two_people() -> None:
    straps = make_held_item(pieces=2)
    entries = [join(straps, name) for name in ("ann", "ben", "cat")]

    assert free_and_serve() == 2
    assert [state_and_position(entry)[0] for entry in entries] == [
        State.OFFERED,
        State.OFFERED,
        State.WAITING,
    ]


def test_what_is_not_taken_goes_to_the_next(vase: Item) -> None:
    ann, ben = join(vase, "ann"), join(vase, "ben")
    free_and_serve()

    assert free_and_serve() == 1
    assert state_and_position(ann)[0] == State.EXPIRED
    assert Piece.objects.held_by(ben.hold_key).count() == 1


def test_a_turn_ends_by_the_clock_and_not_by_the_timer(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    let_holds_lapse()

    assert state_and_position(ann)[0] == State.EXPIRED
    assert not accept_offer(entry=ann, bag_key="ann", customer=None)


def test_every_turn_is_written_down(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    accept_offer(entry=ann, bag_key="ann", customer=None)

    kinds = (
        PieceEvent.objects.filter(piece__item=vase).order_by("pk").values_list("kind", flat=True)
    )
    assert list(kinds)[-4:] == ["held", "lapsed", "offered", "held"]


def test_taking_keeps_the_time_of_the_turn(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    offered = Piece.objects.get()

    assert accept_offer(entry=ann, bag_key="elsewhere", customer=None)
    taken = Piece.objects.get()
    assert (taken.held_by, taken.held_until) == ("elsewhere", offered.held_until)
    assert state_and_position(ann)[0] == State.ACCEPTED


def test_a_turn_is_taken_once(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    accept_offer(entry=ann, bag_key="phone", customer=None)

    assert not accept_offer(entry=ann, bag_key="laptop", customer=None)
    assert Piece.objects.held_by("phone").count() == 1


def test_a_full_bag_takes_no_turn(vase: Item, settings: Settings) -> None:
    settings.BAG_LIMIT = 1
    ann = join(vase, "ann")
    free_and_serve()
    hold_pieces(item_id=make_item().pk, quantity=1, bag_key="ann")

    with pytest.raises(BagFull):
        accept_offer(entry=ann, bag_key="ann", customer=None)
    assert state_and_position(ann)[0] == State.OFFERED


def test_a_turn_counts_as_a_take(vase: Item, alice: User, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = settings.HOLDS_PER_HOUR_PER_ACCOUNT = 1
    ann = join(vase, "ann")
    free_and_serve()
    hold_pieces(item_id=make_item().pk, quantity=1, bag_key="bot", customer=alice, address=HOME)

    for customer, address in [(None, HOME), (alice, "")]:
        with pytest.raises(RateLimitExceeded):
            accept_offer(entry=ann, bag_key="bot", customer=customer, address=address)
    assert state_and_position(ann)[0] == State.OFFERED


def test_a_customers_turn_counts_as_a_take(vase: Item, alice: User, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ACCOUNT = 1
    join(vase, "alice", customer=alice)
    free_and_serve()
    hold_pieces(item_id=make_item().pk, quantity=1, bag_key="alice", customer=alice)

    with pytest.raises(RateLimitExceeded):
        claim_item(item_id=vase.pk, bag_key="phone", customer=alice)


def test_a_turn_that_has_gone_by_spends_no_take(vase: Item, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = 1
    ann = join(vase, "ann")
    free_and_serve()
    let_holds_lapse()

    for _ in range(3):
        assert not accept_offer(entry=ann, bag_key="ann", customer=None, address=HOME)


def test_nobody_takes_what_others_wait_for(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()

    with pytest.raises(NotEnoughAvailable) as refusal:
        hold_pieces(item_id=vase.pk, quantity=1, bag_key="third")
    assert refusal.value.spoken_for


def test_who_let_it_lapse_neither_takes_nor_orders_it_while_somebody_waits(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()

    with pytest.raises(NotEnoughAvailable):
        hold_pieces(item_id=vase.pk, quantity=1, bag_key="holder")
    with pytest.raises(NotEnoughAvailable):
        choose_to_order(item_id=vase.pk, quantity=1, bag_key="holder")


def test_who_let_it_lapse_may_take_it_again_when_nobody_waits(vase: Item) -> None:
    leave_waitlist(entry=join(vase, "ann"))
    let_holds_lapse()

    assert hold_pieces(item_id=vase.pk, quantity=1, bag_key="holder").title == "Vase"


def test_more_pieces_than_people_in_line_are_for_everybody() -> None:
    straps = make_held_item(pieces=2)
    join(straps, "ann")
    let_holds_lapse()

    hold_pieces(item_id=straps.pk, quantity=1, bag_key="third")
    assert advance_waitlists() == 1


def test_the_line_of_what_is_sold_ends(vase: Item) -> None:
    ann = join(vase, "ann")
    sell(vase)

    assert advance_waitlists() == 0
    assert state_and_position(ann)[0] == State.SOLD


def test_the_line_of_what_is_withdrawn_ends(vase: Item) -> None:
    ann = join(vase, "ann")
    release_holds(bag_key="holder")
    Piece.objects.update(withdrawn_at=Now())
    advance_waitlists()

    assert state_and_position(ann)[0] == State.SOLD


def test_the_line_goes_on_while_one_piece_may_come_back() -> None:
    straps = make_held_item(pieces=2)
    ann = join(straps, "ann")
    first = Piece.objects.first()
    assert first
    Piece.objects.filter(pk=first.pk).update(
        held_by=None, held_since=None, held_until=None, sold_at=Now()
    )
    advance_waitlists()

    assert state_and_position(ann)[0] == State.WAITING


def test_what_is_not_in_the_shop_is_offered_to_nobody_until_it_comes_back(vase: Item) -> None:
    ann = join(vase, "ann")
    Item.objects.update(published=False)
    assert free_and_serve() == 0
    assert state_and_position(ann)[0] == State.WAITING

    Item.objects.update(published=True)
    assert advance_waitlists() == 1


def test_the_line_of_what_is_in_the_bin_goes_on_when_it_is_put_back(vase: Item) -> None:
    ann = join(vase, "ann")
    release_holds(bag_key="holder")
    bin_items([vase], actor=None)
    assert advance_waitlists() == offer_to_next(item_id=vase.pk) == 0
    assert state_and_position(ann)[0] == State.WAITING
    with pytest.raises(Item.DoesNotExist):
        hold_pieces(item_id=vase.pk, quantity=1, bag_key="bob")

    put_back([vase], actor=None)
    assert advance_waitlists() == 1


def binned_long_ago(item: Item) -> None:
    bin_items([item], actor=None)
    Item.with_bin.update(binned_at=Now() - IN_BIN_FOR)
    Item.with_bin.exclude(bin_until=None).update(bin_until=Now())


def test_who_waits_is_told_when_a_thing_is_removed_for_good(vase: Item) -> None:
    join(vase, "ann")
    release_holds(bag_key="holder")
    binned_long_ago(vase)
    assert advance_waitlists() == notify_waitlists() == 0

    assert empty_bin() == 1
    mail = Mail.objects.get()
    assert (mail.event, mail.to) == ("bag.withdrawn", "ann@example.com")
    assert "/media/" not in mail.html
    assert not WaitlistEntry.objects.exists()


def test_the_line_of_what_stays_in_the_bin_ends(vase: Item) -> None:
    ann = join(vase, "ann")
    release_holds(bag_key="holder")
    make_order(vase, paid=True, state="collected")
    binned_long_ago(vase)
    assert empty_bin() == 0

    for _round in range(2):
        advance_waitlists()
        notify_waitlists()
    assert state_and_position(ann)[0] == State.SOLD
    assert Mail.objects.count() == 1


def test_what_was_sold_and_taken_off_the_shop_ends_its_line(vase: Item) -> None:
    ann = join(vase, "ann")
    sell(vase)
    Item.objects.update(published=False)
    advance_waitlists()

    assert state_and_position(ann)[0] == State.SOLD


def test_leaving_gives_back_what_is_offered(vase: Item) -> None:
    ann, ben = join(vase, "ann"), join(vase, "ben")
    free_and_serve()

    assert leave_waitlist(entry=ann)
    assert offer_to_next(item_id=vase.pk) == 1
    assert state_and_position(ben)[0] == State.OFFERED


def test_leaving_after_the_end_changes_nothing(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    accept_offer(entry=ann, bag_key="ann", customer=None)

    assert not leave_waitlist(entry=ann)
    assert Piece.objects.held_by("ann").exists()


def test_what_is_offered_to_a_customer_can_be_claimed_as_well(vase: Item, alice: User) -> None:
    entry = join(vase, "alice", customer=alice)
    free_and_serve()

    assert claim_item(item_id=vase.pk, bag_key="phone", customer=alice) == 1
    assert state_and_position(entry)[0] == State.ACCEPTED


def test_nobody_claims_what_is_held_for_somebody_else(vase: Item, alice: User, bob: User) -> None:
    join(vase, "alice", customer=alice)
    free_and_serve()

    assert claim_item(item_id=vase.pk, bag_key="bob", customer=bob) == 0


def test_places_that_ended_long_ago_are_forgotten(vase: Item) -> None:
    ended, waiting = join(vase, "ann"), join(vase, "ben")
    leave_waitlist(entry=ended)
    assert retain_all()["waitlist"] == 0

    WaitlistEntry.objects.update(changed_at=Now() - timedelta(days=31))
    assert retain_all()["waitlist"] == 1
    assert WaitlistEntry.objects.get() == waiting


def test_a_turn_that_nobody_took_is_forgotten_as_well(vase: Item) -> None:
    join(vase, "ann")
    free_and_serve()
    free_and_serve()

    WaitlistEntry.objects.update(changed_at=Now() - timedelta(days=31))
    assert retain_all()["waitlist"] == 1
