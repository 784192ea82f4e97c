"""Joining a waiting list on the page of a thing, as guest and as customer."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.models import WaitlistEntry
from bag.tests.factories import join, make_held_item, state_and_position
from bag.tests.pages import page_of, press
from bag.waitlist.services import unsubscribe
from store.models import Item

pytestmark = pytest.mark.django_db

State = WaitlistEntry.State
ADDRESS = {"email": "ann@example.com"}


def test_a_guest_joins_with_an_address(client: Client, vase: Item) -> None:
    assert "Be next in line" in page_of(client, vase.get_absolute_url())

    page = press(client, "bag:waitlist-join", vase.pk, **ADDRESS)

    assert "You are next in line for “Vase”. We mail you when it is your turn." in page
    assert "Leave the line" in page
    assert "ann@example.com" not in page
    assert WaitlistEntry.objects.get().site == "http://testserver"


def test_a_customer_joins_by_one_click(client: Client, alice: User, vase: Item) -> None:
    client.force_login(alice)
    assert 'name="email"' not in page_of(client, vase.get_absolute_url())

    page = press(client, "bag:waitlist-join", vase.pk)

    assert "You are next in line for “Vase”." in page
    assert WaitlistEntry.objects.get().customer == alice
    assert WaitlistEntry.objects.get().email == alice.email


def test_an_address_that_a_customer_types_is_not_taken(
    client: Client, alice: User, vase: Item
) -> None:
    client.force_login(alice)
    press(client, "bag:waitlist-join", vase.pk, email="bob@example.com")

    assert WaitlistEntry.objects.get().email == alice.email


def test_the_page_says_the_how_many_th_one_is(client: Client, vase: Item) -> None:
    join(vase, "ben")
    join(vase, "cat")

    page = press(client, "bag:waitlist-join", vase.pk, **ADDRESS)

    assert "You are third in line for “Vase”." in page
    assert "ben" not in page


def test_a_far_place_has_a_number(client: Client, vase: Item) -> None:
    for number in range(6):
        join(vase, f"b{number}")

    assert "You are number 7 in line" in press(client, "bag:waitlist-join", vase.pk, **ADDRESS)


def test_strangers_see_nothing_of_the_line(client: Client, vase: Item) -> None:
    join(vase, "ben")

    page = page_of(client, vase.get_absolute_url())

    assert "Be next in line" in page
    assert "ben" not in page
    assert "/leave/" not in page


@pytest.mark.parametrize("address", ["", "ann", "ann@", "a\0@example.com", "a" * 300 + "@b.de"])
def test_what_is_no_address_is_said_beside_the_field(
    client: Client, vase: Item, address: str
) -> None:
    page = press(client, "bag:waitlist-join", vase.pk, email=address)

    assert 'id="id_email_error"' in page
    assert 'aria-invalid="true"' in page
    assert f'action="{reverse("bag:waitlist-join", args=[vase.pk])}"' in page
    assert not WaitlistEntry.objects.exists()


def test_what_was_typed_is_kept(client: Client, vase: Item) -> None:
    assert 'value="ann at example.com"' in press(
        client, "bag:waitlist-join", vase.pk, email="ann at example.com"
    )


def test_a_double_click_makes_one_place(client: Client, vase: Item) -> None:
    press(client, "bag:waitlist-join", vase.pk, **ADDRESS)

    assert "You are next in line" in press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    assert WaitlistEntry.objects.count() == 1


def test_what_is_free_has_no_line(client: Client, clock: Item) -> None:
    assert "Be next in line" not in page_of(client, clock.get_absolute_url())

    assert "nothing to wait for" in press(client, "bag:waitlist-join", clock.pk, **ADDRESS)
    assert not WaitlistEntry.objects.exists()


def test_too_many_lines_are_refused_in_words(
    client: Client, vase: Item, settings: Settings
) -> None:
    settings.WAITLIST_LIMIT = 1
    press(client, "bag:waitlist-join", make_held_item().pk, **ADDRESS)

    assert "in 1 lines at most" in press(client, "bag:waitlist-join", vase.pk, **ADDRESS)


def test_joining_too_often_is_refused_with_the_time(
    client: Client, vase: Item, settings: Settings
) -> None:
    settings.WAITLIST_LIMIT = 1
    for number in range(4):
        join(make_held_item(), f"b{number}", address="127.0.0.1")

    page = press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    assert re.search(r"a great many lines lately\. You can go on at .*\d:\d\d", page)


def test_who_wants_no_mails_is_not_put_into_a_line(client: Client, turn: WaitlistEntry) -> None:
    press(client, "bag:waitlist-unsubscribe", turn.unsubscribe_token)

    lamp = make_held_item()
    assert "wants no such mails" in press(client, "bag:waitlist-join", lamp.pk, **ADDRESS)
    assert state_and_position(turn)[0] == State.LEFT


def test_who_waits_without_mails_is_told_so(
    client: Client, alice: User, vase: Item, turn: WaitlistEntry
) -> None:
    unsubscribe(entry=join(vase, "stranger", email=alice.email))
    client.force_login(alice)

    page = press(client, "bag:waitlist-join", vase.pk)
    assert page.count("You see here when it is your turn.") == 2
    assert "We mail you" not in page


def test_an_address_that_waits_already_is_answered_like_any_other(vase: Item) -> None:
    join(vase, "ann")
    pages = []
    for address in ("ann@example.com", "fresh@example.com"):
        page = press(Client(), "bag:waitlist-join", vase.pk, email=address)
        pages.append(re.findall(r"You are \w+ in line|Leave the line", page))
        WaitlistEntry.objects.latest("pk").delete()

    assert pages[0] == pages[1] != []


def test_an_address_given_too_often_is_said_beside_the_field(
    client: Client, vase: Item, settings: Settings
) -> None:
    settings.WAITLIST_LIMIT = 1
    for number in range(2):
        join(make_held_item(), f"b{number}", email="ann@example.com")

    page = press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    assert "given for a great many lines today" in page
    assert 'value="ann@example.com"' in page


def test_a_third_from_one_network_is_refused_in_words(client: Client, vase: Item) -> None:
    for name in ("ben", "cat"):
        join(vase, name, address="127.0.0.1")

    page = press(client, "bag:waitlist-join", vase.pk, **ADDRESS)
    assert "2 people from where you are wait for “Vase” already." in page


def test_a_thing_that_is_not_in_the_shop_has_no_line(client: Client, vase: Item) -> None:
    Item.objects.update(published=False)

    for pk in (vase.pk, 4711, 10**30):
        assert client.post(reverse("bag:waitlist-join", args=[pk]), ADDRESS).status_code == 404
