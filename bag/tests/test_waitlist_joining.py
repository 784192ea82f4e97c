"""Who may wait for a thing, and on how many waiting lists."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.services import deactivate_account
from bag.exceptions import (
    NetworkLimitReached,
    NothingToWaitFor,
    RateLimitExceeded,
    TooMuchMail,
    Unsubscribed,
    WaitlistLimitReached,
)
from bag.models import WaitlistEntry
from bag.services import release_holds
from bag.tests.factories import free_and_serve, join, make_held_item, state_and_position
from bag.waitlist.services import (
    ENTRIES_PER_NETWORK,
    leave_waitlist,
    offer_to_next,
    resubscribe,
    unsubscribe,
)
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

State = WaitlistEntry.State


def test_joining_twice_keeps_the_place(vase: Item) -> None:
    ann = join(vase, "ann")
    join(vase, "ben")

    assert join(vase, "ann") == ann


def test_one_bag_has_one_place_whatever_addresses_it_gives(vase: Item) -> None:
    ann = join(vase, "ann")

    assert join(vase, "another", bag_key="ann") == ann


def test_who_missed_the_turn_joins_at_the_end(vase: Item) -> None:
    ann = join(vase, "ann")
    join(vase, "ben")
    free_and_serve()
    free_and_serve()

    again = join(vase, "ann")
    assert again != ann
    assert state_and_position(again) == (State.WAITING, 1)


def test_there_is_no_line_for_what_is_free_sold_or_ones_own(vase: Item) -> None:
    available, gone = make_item(), make_item(pieces=0)

    for item, name in [(available, "ann"), (gone, "ann"), (vase, "holder")]:
        with pytest.raises(NothingToWaitFor):
            join(item, name)


def test_a_line_may_be_joined_while_what_is_free_is_spoken_for(vase: Item) -> None:
    join(vase, "ann")
    let_holds_lapse()

    assert state_and_position(join(vase, "ben")) == (State.WAITING, 2)


def test_a_visitor_is_in_few_lines_at_once(settings: Settings) -> None:
    settings.WAITLIST_LIMIT = 2
    for _ in range(2):
        join(make_held_item(), "ann")

    with pytest.raises(WaitlistLimitReached) as refusal:
        join(make_held_item(), "ann")
    assert refusal.value.limit == 2


def test_other_addresses_do_not_help_a_visitor_into_more_lines(settings: Settings) -> None:
    settings.WAITLIST_LIMIT = 1
    join(make_held_item(), "ann")

    with pytest.raises(WaitlistLimitReached):
        join(make_held_item(), "other", bag_key="ann")


def test_a_stranger_with_ones_address_has_a_place_of_their_own(vase: Item) -> None:
    ann = join(vase, "ann")
    stranger = join(vase, "ann", email="ANN@Example.com ", bag_key="stranger")

    assert stranger.secret != ann.secret
    assert state_and_position(stranger) == (State.WAITING, 2)
    leave_waitlist(entry=stranger)
    assert state_and_position(ann) == (State.WAITING, 1)


def test_a_customer_shares_no_place_with_who_gave_the_address(vase: Item, alice: User) -> None:
    stranger = join(vase, "stranger", email=alice.email)
    entry = join(vase, "alice", customer=alice)

    assert (entry.customer, entry.secret != stranger.secret) == (alice, True)
    assert join(vase, "phone", email=alice.email, customer=alice) == entry


def test_an_account_gets_no_place_by_its_address(vase: Item, alice: User) -> None:
    # Whoever registers need not own the address.
    join(vase, "owner", email=alice.email)
    join(vase, "registered", email=alice.email, customer=alice)

    entries = WaitlistEntry.objects.of_visitor(bag_key="registered", customer=alice)
    assert entries.get().bag_key == "registered"


def test_strangers_with_ones_address_use_up_none_of_ones_lines(
    alice: User, settings: Settings
) -> None:
    settings.WAITLIST_LIMIT = 1
    for number in range(2):
        join(make_held_item(), f"bot{number}", email=alice.email)

    assert join(make_held_item(), "alice", customer=alice).pk


def test_an_address_is_given_for_so_many_lines_a_day(settings: Settings) -> None:
    settings.WAITLIST_LIMIT = 1
    for number in range(2):
        leave_waitlist(entry=join(make_held_item(), f"bot{number}", email="ann@example.com"))

    with pytest.raises(TooMuchMail):
        join(make_held_item(), "ann")
    WaitlistEntry.objects.update(joined_at=Now() - timedelta(days=1))
    assert join(make_held_item(), "ann").pk


def test_a_network_has_few_places_in_one_line(vase: Item) -> None:
    for number in range(ENTRIES_PER_NETWORK):
        join(vase, f"bot{number}", address="192.0.2.1")

    with pytest.raises(NetworkLimitReached):
        join(vase, "bot", address="192.0.2.1")
    assert join(make_held_item(), "bot", address="192.0.2.1").pk
    assert state_and_position(join(vase, "ann", address="192.0.2.2")) == (
        State.WAITING,
        ENTRIES_PER_NETWORK + 1,
    )


def test_no_network_is_kept_as_it_is(vase: Item) -> None:
    assert "192.0.2.1" not in join(vase, "ann", address="192.0.2.1").network


def test_a_place_follows_the_address_of_the_account(vase: Item, alice: User) -> None:
    entry = join(vase, "alice", customer=alice)
    token = entry.unsubscribe_token
    User.objects.update(email="new@example.com")

    entry = WaitlistEntry.objects.get()
    assert entry.address == "new@example.com"
    # The owner of the old address has no say about mails to the new one.
    assert entry.unsubscribe_token != token


def test_a_closed_account_leaves_its_lines_and_frees_its_turn(vase: Item, alice: User) -> None:
    lamp = make_held_item()
    turn, waiting = (join(item, "alice", customer=alice) for item in (vase, lamp))
    release_holds(bag_key="holder", item_id=vase.pk)
    offer_to_next(item_id=vase.pk)
    deactivate_account(user=alice)

    assert [state_and_position(entry)[0] for entry in (turn, waiting)] == [State.LEFT, State.LEFT]
    assert Piece.objects.available().get().item == vase


def test_a_place_left_makes_room_for_another(settings: Settings) -> None:
    settings.WAITLIST_LIMIT = 1
    leave_waitlist(entry=join(make_held_item(), "ann"))

    assert join(make_held_item(), "ann").pk


def test_an_address_of_the_network_joins_so_many_lines_an_hour(settings: Settings) -> None:
    settings.WAITLIST_LIMIT = 1
    for number in range(4):
        join(make_held_item(), f"bot{number}", address="192.0.2.1")

    with pytest.raises(RateLimitExceeded):
        join(make_held_item(), "bot", address="192.0.2.1")
    assert join(make_held_item(), "ann", address="192.0.2.2").pk


def test_who_unsubscribed_leaves_every_line_and_is_not_put_into_one(vase: Item) -> None:
    lamp = make_held_item()
    entries = [join(vase, "ann"), join(lamp, "ann")]
    unsubscribe(entry=entries[0])

    assert [state_and_position(entry)[0] for entry in entries] == [State.LEFT, State.LEFT]
    with pytest.raises(Unsubscribed):
        join(vase, "ann", bag_key="stranger")


def test_who_unsubscribed_waits_by_the_account_without_mails(vase: Item, alice: User) -> None:
    unsubscribe(entry=join(vase, "alice"))

    assert not join(vase, "alice", customer=alice).is_mailed
    with pytest.raises(Unsubscribed):
        join(make_held_item(), "alice")


def test_who_asks_for_mails_again_gets_them(vase: Item) -> None:
    ann = join(vase, "ann")
    unsubscribe(entry=ann)
    resubscribe(entry=ann)

    assert join(vase, "ann").is_mailed


def test_unsubscribing_leaves_the_lines_of_the_account_as_well(vase: Item, alice: User) -> None:
    guest, customer = join(vase, "alice"), join(vase, "phone", customer=alice)
    unsubscribe(entry=guest)

    assert state_and_position(customer)[0] == State.LEFT


def test_unsubscribing_gives_back_what_is_offered(vase: Item) -> None:
    ann = join(vase, "ann")
    free_and_serve()
    unsubscribe(entry=ann)

    assert Piece.objects.available().count() == 1
