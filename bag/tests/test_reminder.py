"""What an open page is told about the bag, beside what the browser does with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from bag.services import hold_pieces
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_holds_lapse, let_pass

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
SCRIPT = "js/hold.js"


def add(client: Client, item: Item, quantity: int = 1) -> None:
    client.post(reverse("bag:add", args=[item.pk]), {"quantity": quantity})


def state(client: Client) -> dict[str, Any]:
    return dict(client.get(reverse("bag:state")).json())


def renew(client: Client) -> dict[str, Any]:
    """Renew as the script does."""
    answer = client.post(reverse("bag:renew"), headers={"accept": "application/json"})
    assert answer.status_code == 200
    return dict(answer.json())


def at_the_limit(client: Client) -> str:
    return f"This is as long as things can be kept for you: until {state(client)['until']}."


def bag_page(client: Client) -> str:
    return client.get(reverse("bag:detail")).content.decode()


def front(client: Client) -> str:
    return client.get(reverse("store:front")).content.decode()


def test_the_state_tells_how_long_everything_is_held(client: Client, clock: Item) -> None:
    straps = make_item(pieces=3)
    add(client, clock)
    let_pass(timedelta(minutes=10))
    add(client, straps, quantity=2)

    told = state(client)

    assert (told["held"], told["ended"], told["renewable"]) == (3, 0, True)
    assert 290 <= told["seconds_left"] <= 300
    assert 290 <= told["lines"][str(clock.pk)]["seconds_left"] <= 300
    assert 890 <= told["lines"][str(straps.pk)]["seconds_left"] <= 900


def test_the_state_tells_what_has_ended(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()

    told = state(client)

    assert (told["held"], told["ended"], told["lines"]) == (0, 1, {})


def test_what_was_taken_out_has_not_ended(client: Client, clock: Item) -> None:
    add(client, clock)
    client.post(reverse("bag:remove", args=[clock.pk]))

    assert (state(client)["held"], state(client)["ended"]) == (0, 0)


def test_the_state_is_never_kept_and_moves_nothing(client: Client, clock: Item) -> None:
    add(client, clock)
    before = Piece.objects.values().get()

    answer = client.get(reverse("bag:state"))

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert Piece.objects.values().get() == before
    assert client.post(reverse("bag:state")).status_code == 405


def test_a_visitor_without_a_bag_costs_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(reverse("bag:state"))

    assert answer.json()["held"] == 0
    assert not answer.cookies
    assert SCRIPT not in front(client)


def test_every_page_of_a_visitor_with_a_bag_reminds(client: Client, clock: Item) -> None:
    add(client, clock)

    for page in (front(client), client.get(clock.get_absolute_url()).content.decode()):
        assert SCRIPT in page
        assert 'data-remind-at="120"' in page


def test_a_shop_that_holds_briefly_reminds_at_half_time(
    client: Client, clock: Item, settings: Settings
) -> None:
    settings.HOLD_FOR = timedelta(minutes=2)
    add(client, clock)

    assert 'data-remind-at="60"' in front(client)


def test_a_shop_that_holds_briefly_renews_when_it_reminds(
    client: Client, clock: Item, settings: Settings
) -> None:
    add(client, clock)
    settings.HOLD_FOR = timedelta(minutes=1)
    half = timedelta(seconds=30)
    Piece.objects.update(held_since=Now() - half, held_until=Now() + half)

    assert state(client)["renewable"]
    assert renew(client)["seconds_left"] > 50


def test_a_script_renews_and_is_told_until_when(client: Client, clock: Item) -> None:
    add(client, clock)
    let_pass(timedelta(minutes=14))

    told = renew(client)

    assert told["seconds_left"] > 890
    assert told["message"] == f"Everything in your bag is held for you until {told['until']}."


def take(client: Client, item: Item) -> dict[str, Any]:
    """Put it in the bag as the script does."""
    json = {"accept": "application/json"}
    return dict(client.post(reverse("bag:add", args=[item.pk]), headers=json).json())


def test_a_script_takes_again_and_is_told_until_when(client: Client, clock: Item) -> None:
    add(client, clock)
    front(client)
    let_holds_lapse()

    told = take(client, clock)

    assert (told["held"], told["ended"]) == (1, 0)
    assert told["lines"][str(clock.pk)]["held"] == 1
    assert told["message"] == f"“{clock}” is in your bag."
    assert told["message"] not in front(client)


def test_a_script_is_told_why_nothing_was_taken(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="bob")

    told = take(client, clock)

    assert (told["held"], told["ended"]) == (0, 1)
    assert f"“{clock}” is in somebody’s bag until" in told["refusal"]
    assert told["refusal"] not in front(client)


def test_a_form_renews_and_leads_to_the_bag(client: Client, clock: Item) -> None:
    add(client, clock)
    let_pass(timedelta(minutes=14))

    page = client.post(reverse("bag:renew"), headers={"accept": "text/html,*/*;q=0.8"}, follow=True)

    assert page.redirect_chain == [(reverse("bag:detail"), 302)]
    assert "Everything in your bag is held for you until" in page.content.decode()
    assert state(client)["seconds_left"] > 890


def test_a_hold_at_its_longest_is_told_beforehand_and_afterwards(
    client: Client, clock: Item
) -> None:
    add(client, clock)
    for _ in range(11):
        let_pass(timedelta(minutes=14))
        assert state(client)["renewable"]
        renew(client)
    let_pass(timedelta(minutes=10))

    assert not state(client)["renewable"]
    assert renew(client)["message"] == at_the_limit(client)


def test_the_renewal_that_reaches_the_limit_is_no_plain_success(
    client: Client, clock: Item
) -> None:
    add(client, clock)
    assert "Hold everything for 15 minutes from now" in bag_page(client)
    Piece.objects.update(held_since=F("held_since") - 10.9 * timedelta(minutes=15))

    page = client.post(reverse("bag:renew"), follow=True).content.decode()

    assert f'<li class="info">{at_the_limit(client)}</li>' in page
    assert "Hold everything for" not in page
    assert renew(client)["message"] == at_the_limit(client)


def test_renewing_too_late_revives_nothing(client: Client, clock: Item) -> None:
    add(client, clock)
    let_holds_lapse()

    told = renew(client)

    assert (told["held"], told["ended"]) == (0, 1)
    assert told["message"] == "Nothing in your bag is held any more."


def test_a_stranger_renews_nothing_of_mine(client: Client, clock: Item) -> None:
    add(client, clock)
    before = Piece.objects.get().held_until

    assert renew(Client())["held"] == 0
    assert Piece.objects.get().held_until == before
