"""A waiting-list entry and its turn, as visitors see them; and what is kept for a customer."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.models import MailOptOut, WaitlistEntry
from bag.services import hold_pieces, release_holds
from bag.tests.factories import join, make_held_item, state_and_position
from bag.tests.pages import page_of, press
from bag.waitlist.services import advance_waitlists
from store.models import STAFF_RESERVED, Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.django_db

State = WaitlistEntry.State
ADDRESS = {"email": "ann@example.com"}


@pytest.mark.parametrize("name", ["bag:waitlist-accept", "bag:waitlist-leave"])
def test_places_change_on_post_only(client: Client, turn: WaitlistEntry, name: str) -> None:
    assert client.get(reverse(name, args=[turn.secret])).status_code == 405
    assert state_and_position(turn)[0] == State.OFFERED


@pytest.mark.parametrize("name", ["bag:waitlist-join", "bag:claim"])
def test_items_are_joined_and_claimed_on_post_only(client: Client, vase: Item, name: str) -> None:
    assert client.get(reverse(name, args=[vase.pk])).status_code == 405


@pytest.mark.parametrize("name", ["entry", "accept", "leave", "unsubscribe", "resubscribe"])
def test_a_made_up_place_is_not_found(client: Client, turn: WaitlistEntry, name: str) -> None:
    ask = client.get if name == "entry" else client.post

    for secret in (turn.secret[:-1], turn.secret.swapcase(), "x" * 500):
        assert ask(reverse(f"bag:waitlist-{name}", args=[secret])).status_code == 404


def test_links_in_mails_of_the_release_before_still_lead_to_the_entry(
    client: Client, turn: WaitlistEntry
) -> None:
    assert "It is your turn" in page_of(client, f"/bag/line/{turn.secret}/")
    assert client.post(f"/bag/line/{turn.secret}/take/").status_code == 302
    assert state_and_position(turn)[0] == State.ACCEPTED


def test_the_page_of_a_place_is_private(client: Client, turn: WaitlistEntry) -> None:
    response = client.get(turn.get_absolute_url())
    page = response.content.decode()

    assert "no-store" in response.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page
    assert turn.email not in page


def test_a_scanner_of_mails_changes_nothing(client: Client, turn: WaitlistEntry) -> None:
    before = list(WaitlistEntry.objects.values()), list(Piece.objects.values())

    for address in (
        turn.get_absolute_url(),
        reverse("bag:waitlist-unsubscribe", args=[turn.unsubscribe_token]),
    ):
        client.get(address, follow=True)
        client.head(address, follow=True)

    assert (list(WaitlistEntry.objects.values()), list(Piece.objects.values())) == before
    assert not MailOptOut.objects.exists()


def test_a_turn_is_taken_in_any_browser(client: Client, turn: WaitlistEntry) -> None:
    page = page_of(client, turn.get_absolute_url())
    assert re.search(r"held for you until .*\d:\d\d", page)
    assert "Put it in my bag" in page

    page = press(client, "bag:waitlist-accept", turn.secret)
    assert "“Vase” is in your bag." in page
    assert "To the checkout" in page
    assert "you have put it in your bag" in page_of(client, turn.get_absolute_url())


def test_a_double_click_on_a_turn_is_no_error(client: Client, turn: WaitlistEntry) -> None:
    press(client, "bag:waitlist-accept", turn.secret)

    assert "To the checkout" in press(client, "bag:waitlist-accept", turn.secret)


def test_what_was_taken_stays_in_the_bag_when_it_lapses(
    client: Client, turn: WaitlistEntry
) -> None:
    press(client, "bag:waitlist-accept", turn.secret)
    let_holds_lapse()

    assert "Take it again" in page_of(client, reverse("bag:detail"))


def test_a_turn_that_has_gone_by_is_said_to_have(client: Client, turn: WaitlistEntry) -> None:
    let_holds_lapse()

    page = press(client, "bag:waitlist-accept", turn.secret)

    assert "Your time for “Vase” has gone by." in page
    assert "Put it in my bag" not in page


def test_a_full_bag_is_told_so_and_keeps_the_turn(
    client: Client, turn: WaitlistEntry, settings: Settings
) -> None:
    settings.BAG_LIMIT = 1
    press(client, "bag:add", make_item().pk)

    page = press(client, "bag:waitlist-accept", turn.secret)

    assert "A bag holds 1 things at most." in page
    assert "Put it in my bag" in page


def test_a_turn_too_many_is_refused_in_words_and_stays(
    client: Client, turn: WaitlistEntry, settings: Settings
) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = 1
    press(client, "bag:add", make_item().pk)

    page = press(client, "bag:waitlist-accept", turn.secret)

    assert "You have taken a great many things lately." in page
    assert "Put it in my bag" in page


def test_a_customers_turn_too_many_is_refused_in_words(
    client: Client, alice: User, vase: Item, settings: Settings
) -> None:
    settings.HOLDS_PER_HOUR_PER_ADDRESS = 1
    join(vase, "alice", customer=alice)
    let_holds_lapse()
    advance_waitlists()
    client.force_login(alice)
    press(client, "bag:add", make_item().pk)

    page = press(client, "bag:claim", vase.pk)

    assert "You have taken a great many things lately." in page


def test_leaving_is_one_click(client: Client, turn: WaitlistEntry) -> None:
    assert "You have left the line." in press(client, "bag:waitlist-leave", turn.secret)
    assert Piece.objects.available().exists()


def test_unsubscribing_is_one_click_without_cookie_or_redirect(turn: WaitlistEntry) -> None:
    mail_program = Client(enforce_csrf_checks=True)

    response = mail_program.post(
        reverse("bag:waitlist-unsubscribe", args=[turn.unsubscribe_token]),
        {"List-Unsubscribe": "One-Click"},
    )

    assert response.status_code == 200
    assert not response.cookies
    assert state_and_position(turn)[0] == State.LEFT
    assert MailOptOut.objects.count() == 1


def test_getting_mails_again_is_one_click_on_the_page_after(
    client: Client, turn: WaitlistEntry
) -> None:
    again = reverse("bag:waitlist-resubscribe", args=[turn.unsubscribe_token])
    assert f'action="{again}"' in press(client, "bag:waitlist-unsubscribe", turn.unsubscribe_token)
    assert client.get(again).status_code == 405
    assert MailOptOut.objects.exists()

    assert "We write to you about lines again." in press(
        client, "bag:waitlist-resubscribe", turn.unsubscribe_token
    )
    assert not MailOptOut.objects.exists()


def test_other_buttons_of_a_place_are_guarded_against_forgery(turn: WaitlistEntry) -> None:
    elsewhere = Client(enforce_csrf_checks=True)

    for name in ("bag:waitlist-accept", "bag:waitlist-leave"):
        assert elsewhere.post(reverse(name, args=[turn.secret])).status_code == 403
    assert state_and_position(turn)[0] == State.OFFERED


def test_a_line_that_has_ended_says_why(client: Client, turn: WaitlistEntry) -> None:
    for state, words in [(State.SOLD, "no longer for sale"), (State.EXPIRED, "turn went by at")]:
        WaitlistEntry.objects.update(state=state)
        page = page_of(client, turn.get_absolute_url())
        assert words in page
        assert "Leave the line" not in page


def test_the_bag_lists_the_places_of_its_visitor_alone(client: Client, vase: Item) -> None:
    join(vase, "ben")
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)

    page = page_of(client, reverse("bag:detail"))
    assert "You are second in line for “Vase”." in page
    assert WaitlistEntry.objects.get(email="ann@example.com").get_absolute_url() in page
    assert "Next in line" not in page_of(Client(), reverse("bag:detail"))


def test_a_customers_place_is_gone_from_the_browser_after_logging_out(
    client: Client, alice: User, vase: Item
) -> None:
    client.force_login(alice)
    press(client, "bag:waitlist-join", vase.pk)
    assert "in line for “Vase”" in page_of(client, reverse("bag:detail"))

    client.post(reverse("accounts:logout"))
    press(client, "bag:add", make_item().pk)
    assert "in line for “Vase”" not in page_of(client, reverse("bag:detail"))


def test_more_places_ask_no_more_questions(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    for _ in range(4):
        join(make_held_item(), "alice", customer=alice)
    page_of(client, reverse("bag:detail"))

    with django_assert_num_queries(5):
        page_of(client, reverse("bag:detail"))


def test_a_held_thing_asks_no_more_of_visitors_without_bag_and_account(
    client: Client, vase: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    join(vase, "ben")
    page_of(client, vase.get_absolute_url())

    with django_assert_num_queries(4):
        page_of(client, vase.get_absolute_url())


def test_who_is_next_comes_before_a_third_though_no_timer_ran(client: Client, vase: Item) -> None:
    entry = join(vase, "ben")
    let_holds_lapse()

    page = press(client, "bag:add", vase.pk)

    assert "Somebody else was next in line for “Vase”. You can be next after them." in page
    assert "Be next in line" in page
    assert state_and_position(entry)[0] == State.OFFERED


def test_who_is_next_and_adds_it_has_the_turn(client: Client, vase: Item) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    let_holds_lapse()

    page = press(client, "bag:add", vase.pk)

    assert "It is your turn." in page
    assert "Put it in my bag" in page


def test_who_let_it_lapse_cannot_take_it_again_while_somebody_waits(
    client: Client, clock: Item
) -> None:
    press(client, "bag:add", clock.pk)
    entry = join(clock, "ben")
    let_holds_lapse()

    page = press(client, "bag:add", clock.pk, **{"from": "bag"})

    assert "Somebody else was next in line" in page
    assert "Take it again" not in page
    assert Piece.objects.held_by(entry.hold_key).exists()


def test_the_turn_is_shown_on_the_page_of_the_thing(client: Client, vase: Item) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    let_holds_lapse()
    advance_waitlists()

    page = page_of(client, vase.get_absolute_url())

    assert "It is your turn: it is held for you until" in page
    assert 'data-news="It is your turn."' in page
    assert "Put it in my bag" in page


def test_what_staff_have_reserved_is_claimed_by_its_customer(
    client: Client, alice: User, vase: Item
) -> None:
    Piece.objects.update(held_by=STAFF_RESERVED, held_for=alice)
    client.force_login(alice)
    page = page_of(client, vase.get_absolute_url())
    assert re.search(r"Reserved for you until .*\d:\d\d", page)
    assert "Be next in line" not in page

    assert "“Vase” is in your bag." in press(client, "bag:claim", vase.pk)
    assert "To the checkout" in press(client, "bag:claim", vase.pk)


def test_what_is_in_the_bag_of_another_device_is_claimed(client: Client, alice: User) -> None:
    item = make_item(title="Lamp")
    hold_pieces(item_id=item.pk, quantity=1, bag_key="phone", customer=alice)
    client.force_login(alice)
    assert "on another device" in page_of(client, item.get_absolute_url())

    assert "“Lamp” is in your bag." in press(client, "bag:claim", item.pk)
    assert not Piece.objects.held_by("phone").exists()


def test_a_full_bag_claims_nothing(
    client: Client, alice: User, vase: Item, settings: Settings
) -> None:
    settings.BAG_LIMIT = 1
    Piece.objects.update(held_by="phone", held_for=alice)
    client.force_login(alice)
    press(client, "bag:add", make_item().pk)

    assert "A bag holds 1 things at most." in press(client, "bag:claim", vase.pk)


@pytest.mark.parametrize("who", ["guest", "bob"])
def test_others_neither_see_nor_claim_what_is_reserved(
    client: Client, alice: User, bob: User, vase: Item, who: str
) -> None:
    Piece.objects.update(held_by=STAFF_RESERVED, held_for=alice)
    if who == "bob":
        client.force_login(bob)
    assert "Reserved for you" not in page_of(client, vase.get_absolute_url())

    assert "“Vase” is not held for you." in press(client, "bag:claim", vase.pk)
    assert Piece.objects.held_by(STAFF_RESERVED).exists()


def test_a_reservation_that_ended_is_not_claimed(client: Client, alice: User, vase: Item) -> None:
    Piece.objects.update(held_by=STAFF_RESERVED, held_for=alice)
    client.force_login(alice)
    release_holds(bag_key=STAFF_RESERVED)

    assert "is not held for you" in press(client, "bag:claim", vase.pk)


@pytest.mark.parametrize("name", ["bag:waitlist-unsubscribe", "bag:waitlist-resubscribe"])
def test_who_knows_only_the_place_has_no_say_about_mails(
    client: Client, turn: WaitlistEntry, name: str
) -> None:
    for token in (turn.secret, turn.secret + "0" * 32):
        assert client.post(reverse(name, args=[token])).status_code == 404
    assert not MailOptOut.objects.exists()
    assert turn.unsubscribe_token not in client.get(turn.get_absolute_url()).content.decode()
