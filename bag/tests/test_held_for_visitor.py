"""What is held for a visitor outside of the bag, and turns that went by, where visitors look."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bag.models import WaitlistEntry
from bag.services import hold_pieces, release_lapsed_holds
from bag.tests.factories import free_and_serve, join, make_held_item, sell, state_and_position
from bag.tests.pages import page_of, press
from bag.waitlist.services import advance_waitlists
from store.models import STAFF_RESERVED, Item, Piece
from store.templatetags.clock_time import clock_time
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse, let_pass

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]

BAG = "/bag/"
FRONT = "/"
NOTICE = "One thing is held for you, but not in your bag yet."
GONE_BY = re.compile(r"Your turn for “Vase” went by at")
ADDRESS = {"email": "ann@example.com"}


@pytest.fixture
def reserved(vase: Item, alice: User) -> Item:
    """What staff have reserved for alice."""
    Piece.objects.filter(item=vase).update(held_by=STAFF_RESERVED, held_for=alice)
    return vase


@pytest.fixture
def expired(client: Client, vase: Item) -> WaitlistEntry:
    """The entry of a guest whose turn has gone by, and after whom it is somebody else's."""
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    join(vase, "ben")
    free_and_serve()
    let_holds_lapse()
    release_lapsed_holds()
    advance_waitlists()
    return WaitlistEntry.objects.get(email="ann@example.com")


def test_a_reservation_is_seen_on_every_page_and_in_the_bag(
    client: Client, alice: User, reserved: Item
) -> None:
    client.force_login(alice)
    assert NOTICE in page_of(client, FRONT)

    page = page_of(client, BAG)
    assert re.search(r"Vase</a>:\s+Reserved for you until \d", page)
    assert reverse("bag:claim", args=[reserved.pk]) in page
    assert NOTICE not in page


def test_what_is_claimed_from_the_bag_page_can_be_ordered(
    client: Client, alice: User, reserved: Item
) -> None:
    client.force_login(alice)

    page = press(client, "bag:claim", reserved.pk)

    assert "To the checkout" in page
    assert "Reserved for you" not in page
    assert NOTICE not in page_of(client, FRONT)


def test_a_reservation_that_was_unpublished_meanwhile_is_still_the_customers(
    client: Client, alice: User, bob: User, reserved: Item
) -> None:
    Item.objects.update(published=False)
    client.force_login(bob)
    assert client.post(reverse("bag:claim", args=[reserved.pk])).status_code == 404

    client.force_login(alice)
    assert "Reserved for you until" in page_of(client, BAG)
    assert "To the checkout" in press(client, "bag:claim", reserved.pk)


def test_several_pieces_of_one_thing_are_told_once(client: Client, alice: User) -> None:
    straps = make_held_item(title="Strap", pieces=2)
    Piece.objects.update(held_by=STAFF_RESERVED, held_for=alice)
    client.force_login(alice)

    page = page_of(client, BAG)
    assert "2 ×" in page
    assert page.count(reverse("bag:claim", args=[straps.pk])) == 1
    assert "2 things are held for you" in page_of(client, FRONT)


def test_what_another_device_holds_is_told_in_the_bag_alone(client: Client, alice: User) -> None:
    item = make_item(title="Lamp")
    hold_pieces(item_id=item.pk, quantity=1, bag_key="phone", customer=alice)
    client.force_login(alice)

    assert "on another device" in page_of(client, BAG)
    assert "held for you, but not in your bag" not in page_of(client, FRONT)


@pytest.mark.parametrize("who", ["guest", "bob"])
def test_others_see_nothing_of_a_reservation(
    client: Client, bob: User, reserved: Item, who: str
) -> None:
    if who == "bob":
        client.force_login(bob)
    press(client, "bag:add", make_item().pk)

    assert NOTICE not in page_of(client, FRONT)
    assert "Vase" not in page_of(client, BAG)


def test_a_reservation_that_ended_is_told_nowhere(
    client: Client, alice: User, reserved: Item
) -> None:
    let_holds_lapse()
    client.force_login(alice)

    assert NOTICE not in page_of(client, FRONT)
    assert "Reserved for you" not in page_of(client, BAG)


@pytest.mark.parametrize("who", ["guest", "alice"])
def test_a_turn_is_seen_on_every_page_and_in_the_bag(
    client: Client, alice: User, vase: Item, who: str
) -> None:
    if who == "alice":
        client.force_login(alice)
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    assert NOTICE not in page_of(client, FRONT)
    free_and_serve()
    assert NOTICE in page_of(client, FRONT)
    assert NOTICE not in page_of(Client(), FRONT)

    page = page_of(client, BAG)
    assert "It is your turn: it is held for you until" in page
    assert reverse("bag:waitlist-accept", args=[WaitlistEntry.objects.get().secret]) in page


def test_a_lapsed_line_that_is_held_for_one_again_says_so(client: Client, vase: Item) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    session = client.session
    session["bag"] = {**session["bag"], "items": {str(vase.pk): {"quantity": 1}}}
    session.save()
    free_and_serve()

    page = page_of(client, BAG)
    assert "but it is held for you again." in page
    assert "somebody else" not in page


def test_what_is_kept_costs_one_query_with_the_bag(
    client: Client, alice: User, reserved: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    press(client, "bag:add", make_item().pk)
    page_of(client, reverse("store:terms"))

    # Session, user, and what is held.
    with django_assert_num_queries(3):
        page_of(client, reverse("store:terms"))


def test_a_turn_that_went_by_is_told_on_all_pages_about_it(
    client: Client, vase: Item, expired: WaitlistEntry
) -> None:
    page = page_of(client, BAG)
    assert GONE_BY.search(page)
    assert reverse("bag:waitlist-rejoin", args=[expired.secret]) in page

    for address in (vase.get_absolute_url(), expired.get_absolute_url()):
        page = page_of(client, address)
        assert "Your turn went by at" in page
        assert "Join the line again" in page
    assert 'data-news="Your turn has gone by."' in page_of(client, vase.get_absolute_url())
    assert not GONE_BY.search(page_of(Client(), BAG))


def test_the_end_of_a_turn_is_told_before_and_after_it_is_tidied(
    client: Client, vase: Item
) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    free_and_serve()
    let_pass(settings.HOLD_FOR + timedelta(minutes=3))
    end = Piece.objects.get().held_until
    assert end
    words = f"Your turn for “Vase” went by at {clock_time(end)}."

    assert words in page_of(client, BAG)
    advance_waitlists()
    assert words in page_of(client, BAG)
    release_lapsed_holds()
    assert words in page_of(client, BAG)


def test_the_line_is_joined_again_by_one_click(client: Client, expired: WaitlistEntry) -> None:
    page = press(client, "bag:waitlist-rejoin", expired.secret)

    assert "You are next in line for “Vase”." in page
    assert "ann@example.com" not in page
    again = WaitlistEntry.objects.exclude(pk=expired.pk).get(email="ann@example.com")
    assert state_and_position(again) == ("waiting", 1)
    assert not GONE_BY.search(page_of(client, BAG))


def test_joining_again_is_a_post_of_whoever_has_the_secret(
    client: Client, expired: WaitlistEntry
) -> None:
    address = reverse("bag:waitlist-rejoin", args=[expired.secret])

    assert client.get(address).status_code == 405
    assert client.post(reverse("bag:waitlist-rejoin", args=["made-up"])).status_code == 404
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


def test_what_went_by_and_is_free_can_just_be_taken(client: Client, vase: Item) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    free_and_serve()
    let_holds_lapse()
    entry = WaitlistEntry.objects.get()

    for address in (BAG, vase.get_absolute_url(), entry.get_absolute_url()):
        page = page_of(client, address)
        assert "It is available, so you can still take it." in page
        assert "Join the line again" not in page
    press(client, "bag:add", vase.pk)
    assert not GONE_BY.search(page_of(client, BAG))


def test_a_turn_that_went_by_is_forgotten_when_it_is_sold_or_a_day_has_passed(
    client: Client, vase: Item, expired: WaitlistEntry
) -> None:
    WaitlistEntry.objects.filter(pk=expired.pk).update(changed_at=Now() - timedelta(days=1))
    assert not GONE_BY.search(page_of(client, BAG))
    WaitlistEntry.objects.filter(pk=expired.pk).update(changed_at=Now())
    assert GONE_BY.search(page_of(client, BAG))

    sell(vase)
    assert not GONE_BY.search(page_of(client, BAG))
    assert "You can join the line again." not in page_of(client, expired.get_absolute_url())
