"""How much may be taken in an hour, and how much a bag holds."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.networks import network_of
from bag.exceptions import BagFull, NotEnoughAvailable, RateLimitExceeded
from bag.models import RateLimit
from bag.rate_limit import HOUR, consume, delete_unused_rate_limits
from bag.services import hold_pieces, new_hold, release_holds
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse
from tests.crowd import at_once

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

SIX_AN_HOUR = 6
SHARE = HOUR / SIX_AN_HOUR
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOME, AWAY = "203.0.113.7", "198.51.100.9"


def take(quantity: int = 1, holder: str = "ann") -> None:
    consume(holder, quantity, limit=SIX_AN_HOUR)


def pass_by(time: timedelta) -> None:
    """For the database, so much time has gone by since everybody's last take."""
    RateLimit.objects.update(used_until=F("used_until") - time)


def refused(quantity: int = 1) -> bool:
    try:
        take(quantity)
    except RateLimitExceeded:
        return True
    return False


def hold(
    item: Item,
    quantity: int = 1,
    *,
    bag_key: str = "ann",
    address: str = "",
    customer: User | None = None,
) -> None:
    hold_pieces(
        item_id=item.pk, quantity=quantity, bag_key=bag_key, address=address, customer=customer
    )


def test_so_much_may_be_taken_and_no_more(db: None) -> None:
    for _ in range(SIX_AN_HOUR):
        take()

    assert refused()


def test_several_at_once_count_as_several(db: None) -> None:
    take(5)

    assert refused(2)
    assert not refused(1)


def test_each_share_of_the_hour_gives_one_back(db: None) -> None:
    take(SIX_AN_HOUR)
    pass_by(SHARE)

    assert not refused()
    assert refused()


def test_what_was_not_used_is_not_saved_up(db: None) -> None:
    take()
    pass_by(timedelta(days=1))

    take(SIX_AN_HOUR)
    assert refused()


def test_the_time_that_a_refusal_names_is_true(db: None) -> None:
    take(5)
    with pytest.raises(RateLimitExceeded) as refusal:
        take(3)

    wait = refusal.value.again_at - timezone.now()
    pass_by(wait - MINUTE)
    assert refused(3)
    pass_by(MINUTE)
    assert not refused(3)


def test_a_refusal_costs_nothing(db: None) -> None:
    take(5)
    before = RateLimit.objects.get().used_until

    assert refused(2)
    assert RateLimit.objects.get().used_until == before


def test_everybody_has_a_limit_of_their_own(db: None) -> None:
    take(SIX_AN_HOUR)

    take(SIX_AN_HOUR, holder="ben")
    assert RateLimit.objects.count() == 2


def test_a_take_that_fails_gives_back_what_it_spent(clock: Item) -> None:
    hold(clock, bag_key="ben", address=HOME)
    before = RateLimit.objects.get().used_until

    for _ in range(100):
        with pytest.raises(NotEnoughAvailable):
            hold(clock, address=HOME)

    assert RateLimit.objects.get().used_until == before


def test_an_address_has_its_takes_whatever_bags_it_uses(db: None, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = 2
    straps = make_item(pieces=4)
    hold(straps, bag_key="first", address=HOME)
    hold(straps, bag_key="second", address=HOME)

    with pytest.raises(RateLimitExceeded):
        hold(straps, bag_key="third", address=HOME)
    hold(straps, bag_key="third", address=AWAY)
    assert Piece.objects.available().count() == 1


def test_an_account_has_its_takes_wherever_it_is(alice: User, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ACCOUNT = 2
    straps = make_item(pieces=3)
    for number in range(2):
        hold(straps, bag_key=f"bag {number}", address=f"203.0.113.{number}", customer=alice)

    with pytest.raises(RateLimitExceeded):
        hold(straps, bag_key="bag 3", address=AWAY, customer=alice)
    assert Piece.objects.available().count() == 1


def test_to_give_back_and_take_again_is_counted(clock: Item, settings: Settings) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = 3
    for _ in range(3):
        hold(clock, address=HOME)
        release_holds(bag_key="ann")

    with pytest.raises(RateLimitExceeded):
        hold(clock, address=HOME)


def test_an_honest_shopper_with_five_things_meets_no_limit(alice: User) -> None:
    things = [make_item() for _ in range(5)]
    for _ in range(3):
        for thing in things:
            hold(thing, address=HOME, customer=alice)
        assert Piece.objects.held_by("ann").count() == 5
        let_holds_lapse()


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        (HOME, HOME),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("no address", "no address"),
    ],
)
def test_a_visitor_has_one_ipv4_address_or_a_network_of_ipv6(address: str, whole: str) -> None:
    assert network_of(address) == whole


def test_no_address_is_kept_as_it_is(clock: Item) -> None:
    hold(clock, address=HOME)

    assert HOME not in RateLimit.objects.get().holder


def test_limits_of_which_nothing_is_used_are_deleted(db: None) -> None:
    take()
    pass_by(SHARE + SECOND)
    take(holder="ben")

    assert delete_unused_rate_limits() == 1
    assert RateLimit.objects.get().holder == "ben"


def test_a_bag_holds_ten_pieces_of_whatever_items(db: None) -> None:
    straps, pedals = make_item(pieces=6), make_item(pieces=6)
    hold(straps, 6)
    with pytest.raises(BagFull) as refusal:
        hold(pedals, 5)

    assert refusal.value.limit == 10
    hold(pedals, 4)
    assert Piece.objects.held_by("ann").count() == 10


def test_what_has_lapsed_or_was_given_back_fills_no_bag(db: None) -> None:
    straps = make_item(pieces=10)
    hold(straps, 10)
    let_holds_lapse()
    hold(straps, 10)
    release_holds(bag_key="ann", quantity=3, item_id=straps.pk)
    hold(straps, 3)

    assert Piece.objects.held_by("ann").count() == 10


# --- All at once -------------------------------------------------------------


def unguarded_take() -> None:
    """`consume` as one would write it first: look, then write."""
    used, _ = RateLimit.objects.get_or_create(holder="ann", defaults={"used_until": Now()})
    used.refresh_from_db()
    until = max(used.used_until, timezone.now())
    if until + SHARE > timezone.now() + HOUR:
        raise RateLimitExceeded(again_at=until)
    RateLimit.objects.filter(pk="ann").update(used_until=until + SHARE)


@pytest.mark.django_db(transaction=True)
def test_of_thirty_takes_at_once_six_are_allowed() -> None:
    for _ in range(5):
        RateLimit.objects.all().delete()
        ends = at_once([take] * 30)

        assert ends.count(None) == SIX_AN_HOUR
        assert sum(isinstance(end, RateLimitExceeded) for end in ends) == 30 - SIX_AN_HOUR


@pytest.mark.django_db(transaction=True)
def test_control_to_look_and_then_write_allows_more() -> None:
    # When this fails, the test above has stopped proving anything.
    allowed = 0
    for _ in range(20):
        RateLimit.objects.all().delete()
        allowed = max(allowed, at_once([unguarded_take] * 30).count(None))

    assert allowed > SIX_AN_HOUR


@pytest.mark.django_db(transaction=True)
def test_a_bag_that_is_filled_from_thirty_places_at_once_holds_ten() -> None:
    for number in range(3):
        things = [make_item() for _ in range(30)]
        takes = [partial(hold, thing, bag_key=f"bag {number}") for thing in things]
        ends = at_once(takes)

        assert sum(isinstance(end, BagFull) for end in ends) == 20
        assert Piece.objects.held_by(f"bag {number}").count() == 10


def unguarded_hold(item: Item, bag_key: str) -> None:
    """`hold_pieces` without taking turns: count, then take."""
    if Piece.objects.held_by(bag_key).count() >= 10:
        raise BagFull(limit=10)
    Piece.objects.filter(item=item).update(**new_hold(bag_key))


@pytest.mark.django_db(transaction=True)
def test_control_to_count_and_then_take_overfills_the_bag() -> None:
    # When this fails, the test above has stopped proving anything.
    most = 0
    for number in range(5):
        things = [make_item() for _ in range(30)]
        at_once([partial(unguarded_hold, thing, f"bag {number}") for thing in things])
        most = max(most, Piece.objects.held_by(f"bag {number}").count())

    assert most > 10
