import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import PASSWORD
from bag.services import hold_pieces
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.django_db


def add(client: Client, item: Item, **data: object) -> str:
    """Press the button of an item; return the text of the page it leads to."""
    response = client.post(reverse("bag:add", args=[item.pk]), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def bag_page(client: Client) -> str:
    return client.get(reverse("bag:detail")).content.decode()


@pytest.mark.on_both
def test_a_thing_added_is_held_and_shown_until_when(client: Client, clock: Item) -> None:
    page = add(client, clock)

    assert Piece.objects.held().count() == 1
    assert re.search(r"Held for you until <span data-until>\d", page)
    assert re.search(r'data-seconds-left="(89\d|900)"', page)


def test_an_empty_bag_says_what_it_is_for(client: Client) -> None:
    assert "There is nothing in it." in bag_page(client)


def test_adding_by_get_is_refused(client: Client, clock: Item) -> None:
    assert client.get(reverse("bag:add", args=[clock.pk])).status_code == 405


@pytest.mark.parametrize("url", ["bag:add", "bag:remove"])
def test_a_thing_that_never_was_is_not_found(client: Client, url: str) -> None:
    assert client.post(reverse(url, args=[4711])).status_code == 404


def test_an_unpublished_thing_cannot_be_taken(client: Client) -> None:
    item = make_item(published=False)

    assert client.post(reverse("bag:add", args=[item.pk])).status_code == 404


@pytest.mark.parametrize("quantity", ["0", "-1", "many", "1.5", "201", "9" * 400, "\0"])
def test_a_quantity_that_is_none_is_refused_in_words(
    client: Client, clock: Item, quantity: str
) -> None:
    assert "whole number" in add(client, clock, quantity=quantity)
    assert not Piece.objects.held().exists()


def test_what_somebody_else_holds_is_refused_with_the_time(client: Client, clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    assert "in somebody’s bag until" in add(client, clock)


def test_ones_own_thing_is_not_called_somebody_elses(client: Client, clock: Item) -> None:
    add(client, clock)

    assert "in your bag already" in add(client, clock)


def test_asking_for_too_many_takes_none_and_says_how_many_there_are(client: Client) -> None:
    straps = make_item(title="Strap", pieces=3)

    assert "Only 3 more of “Strap” are available." in add(client, straps, quantity=4)
    assert not Piece.objects.held().exists()


def test_a_lapsed_line_stays_and_can_be_taken_again(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()

    assert "Take it again" in bag_page(client)
    add(client, clock, quantity=1)
    assert Piece.objects.held().count() == 1


def test_a_lapsed_line_that_somebody_took_says_so(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    page = bag_page(client)
    assert "in somebody’s bag until" in page
    assert "Take it again" not in page


def test_removing_frees_the_thing_and_offers_to_put_it_back(client: Client, clock: Item) -> None:
    add(client, clock)

    response = client.post(reverse("bag:remove", args=[clock.pk]), follow=True)

    assert "Put it back" in response.content.decode()
    assert Piece.objects.available().count() == 1


def test_no_thing_of_an_impossible_address_was_removed(client: Client) -> None:
    assert client.get(reverse("bag:detail"), {"removed": "a\0"}).status_code == 200


def test_one_fewer_frees_one_and_keeps_the_rest(client: Client) -> None:
    straps = make_item(pieces=3)
    add(client, straps, quantity=3)

    client.post(reverse("bag:remove", args=[straps.pk]), {"quantity": 1})

    assert Piece.objects.held().count() == 2
    assert "Take it again" not in bag_page(client)


def test_a_stranger_cannot_remove_what_is_in_my_bag(client: Client, clock: Item) -> None:
    add(client, clock)

    Client().post(reverse("bag:remove", args=[clock.pk]))

    assert Piece.objects.held().count() == 1


def test_renewing_an_empty_bag_says_that_nothing_is_held(client: Client) -> None:
    page = client.post(reverse("bag:renew"), follow=True).content.decode()

    assert "Nothing in your bag is held" in page


def test_renewing_by_get_is_refused(client: Client) -> None:
    assert client.get(reverse("bag:renew")).status_code == 405


def test_logging_in_keeps_the_bag(client: Client, clock: Item, alice: User) -> None:
    add(client, clock)

    client.post(reverse("accounts:login"), {"username": alice.email, "password": PASSWORD})

    assert "_auth_user_id" in client.session
    assert "Held for you until" in bag_page(client)


def test_logging_out_frees_the_holds(client: Client, clock: Item, alice: User) -> None:
    client.force_login(alice)
    add(client, clock)

    client.post(reverse("accounts:logout"), {"bag": "release"})

    assert Piece.objects.available().count() == 1


@pytest.mark.parametrize("address", ["accounts:logout", "admin:logout"])
def test_logging_out_asks_before_the_bag_is_given_up(
    client: Client, clock: Item, sam: User, address: str
) -> None:
    client.force_login(sam)
    add(client, clock)

    answer = client.post(reverse(address), {"next": "/store/"})

    assert "Log out, and the bag?" in answer.text
    assert 'name="next" value="/store/"' in answer.text
    assert "_auth_user_id" in client.session
    assert not Piece.objects.available().exists()


def test_the_bag_can_stay_in_the_browser(client: Client, clock: Item, alice: User) -> None:
    client.force_login(alice)
    add(client, clock)

    answer = client.post(reverse("accounts:logout"), {"bag": "keep"})

    assert "stays yours in this browser" in answer.text
    assert "_auth_user_id" not in client.session
    assert "Held for you until" in bag_page(client)


def test_who_logs_out_with_an_empty_bag_is_asked_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)

    page = client.post(reverse("accounts:logout")).text
    assert "You are logged out" in page
    assert "is back in the shop" not in page
    client.force_login(alice)
    answer = client.post(reverse("accounts:logout"), {"next": "/store/"})
    assert answer.headers["Location"] == "/store/"


def test_the_badge_counts_what_is_held(client: Client, clock: Item) -> None:
    add(client, clock)

    page = client.get(reverse("store:front")).content.decode()

    assert re.search(r'class="badge[^>]*>\s*1\s*<', page)


def test_two_tabs_that_add_at_once_lose_nothing(client: Client) -> None:
    first, second = make_item(title="First"), make_item(title="Second")
    add(client, make_item(title="Before"))
    before = dict(client.session["bag"])
    add(client, first)
    # The second tab read its session before the first tab saved, and saves last.
    session = client.session
    session["bag"] = before
    session.save()
    add(client, second)

    page = bag_page(client)
    assert all(title in page for title in ["Before", "First", "Second"])


def test_the_bag_page_asks_few_questions(
    client: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    for _ in range(5):
        add(client, make_item())
    bag_page(client)

    with django_assert_max_num_queries(8):
        bag_page(client)


@pytest.mark.on_both
def test_a_thing_with_an_impossible_number_is_not_found(client: Client) -> None:
    assert client.post(reverse("bag:add", args=[2**63])).status_code == 404


def test_a_lapsed_thing_that_another_has_offers_the_line(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()
    add(Client(), clock)

    assert "Be next in line" in bag_page(client)
    join = reverse("bag:waitlist-join", args=[clock.pk])
    answer = client.post(join, {"email": "ann@example.com", "from": "bag"}, follow=True)

    assert answer.request["PATH_INFO"] == reverse("bag:detail")
    assert "You are next in line" in answer.text
    assert "Be next in line" not in answer.text
