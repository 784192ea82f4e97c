"""Saved things: found again by whoever saved them, and by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bag.models import SavedItem
from bag.saved import services
from store.models import Item, Piece
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

SAVED = reverse("bag:saved")
LIST = reverse("store:list")
SITE = "http://testserver"


def press(client: Client, name: str, item: Item, page: str = LIST, **headers: str) -> str:
    """Press a button on a page as a browser does; return the address it leads to."""
    headers = {"Origin": SITE, "Referer": SITE + page, **headers}
    answer = client.post(reverse(f"bag:{name}", args=[item.pk]), headers=headers)
    assert answer.status_code in {302, 403}
    return str(answer.headers.get("Location", answer.status_code))


def save(client: Client, *items: Item) -> None:
    for item in items:
        press(client, "save", item)


def saved(client: Client) -> list[str]:
    return [item.title for item, _ in client.get(SAVED).context["things"]]


@pytest.fixture
def lamp() -> Item:
    return make_item(title="Lamp")


def test_a_guest_finds_again_what_was_saved_and_the_menu_counts_it(
    client: Client, clock: Item, lamp: Item
) -> None:
    assert press(client, "save", clock, "/store/?q=cl") == f"/store/?q=cl#thing-{clock.pk}"
    save(client, lamp, lamp)

    assert saved(client) == ["Lamp", clock.title]
    page = client.get(LIST).text
    assert 'aria-label="2 saved things"' in page
    assert page.count('aria-pressed="true"') == 2
    assert "saved thing" not in Client().get(LIST).text
    assert saved(Client()) == []


def test_the_account_takes_over_what_a_guest_has_saved(
    client: Client, alice: User, clock: Item, lamp: Item
) -> None:
    SavedItem.objects.create(customer=alice, item=clock)
    save(client, lamp, clock)

    client.force_login(alice)
    client.get(SAVED)

    assert saved(client) == ["Lamp", clock.title]
    client.post(reverse("accounts:logout"))
    assert saved(client) == []
    elsewhere = Client()
    elsewhere.force_login(alice)
    assert saved(elsewhere) == ["Lamp", clock.title]


@pytest.mark.parametrize("guest", [True, False])
def test_removing_can_be_undone(client: Client, alice: User, clock: Item, guest: bool) -> None:
    if not guest:
        client.force_login(alice)
    save(client, clock)

    undo = press(client, "unsave", clock, SAVED)
    page = client.get(undo).text

    assert f"“{clock.title}” is no longer saved." in page
    assert "You have saved nothing." in page
    assert press(client, "save", clock, undo) == SAVED
    assert saved(client) == [clock.title]
    assert "no longer saved" not in client.get(undo).text


def test_the_list_says_how_each_thing_stands(client: Client, clock: Item, lamp: Item) -> None:
    mine, vase = make_item(title="Mine"), make_item(title="Vase")
    save(client, clock, lamp, mine, vase)
    Client().post(reverse("bag:add", args=[lamp.pk]))
    client.post(reverse("bag:add", args=[mine.pk]))
    make_order(vase, paid=True)

    words = " ".join(client.get(SAVED).text.split())

    for part in ("Available </p>", "In somebody’s bag until", "In your bag </p>", "Sold </p>"):
        assert words.count(part) == 1, part
    assert f'href="{vase.get_absolute_url()}#similar"' in words
    assert words.count('action="/bag/add/') == 1


def test_what_is_not_shown_any_more_is_not_counted(
    client: Client, alice: User, clock: Item, lamp: Item
) -> None:
    save(client, clock, lamp)
    customer = Client()
    customer.force_login(alice)
    save(customer, clock, lamp)
    Piece.objects.filter(item=clock).delete()
    clock.delete()
    Item.objects.update(published=False)

    for visitor in (client, customer):
        assert saved(visitor) == []
        assert "saved thing" not in visitor.get(LIST).text
    assert list(SavedItem.objects.values_list("item", flat=True)) == [lamp.pk]


def test_there_is_a_limit(
    client: Client, clock: Item, lamp: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SAVED_ITEMS_LIMIT", 1)
    save(client, clock)

    assert press(client, "save", lamp) == SAVED
    assert "You have saved 1 things, and more cannot be kept." in client.get(SAVED).text
    assert saved(client) == [clock.title]


def test_another_site_saves_nothing(client: Client, clock: Item) -> None:
    for origin in ("https://evil.example", "null", ""):
        assert press(client, "save", clock, Origin=origin) == "403"
        assert press(client, "unsave", clock, Origin=origin) == "403"
    assert not client.cookies


@pytest.mark.parametrize(
    "came_from",
    ["", "https://evil.example/store/", "//evil.example", "/x", f"{SITE}//evil.example/store/"],
)
def test_nobody_is_led_to_another_site(client: Client, clock: Item, came_from: str) -> None:
    headers = {"Referer": came_from}
    answer = client.post(reverse("bag:save", args=[clock.pk]), headers=headers)

    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_no_cache_shares_the_pages_of_who_has_saved_something(client: Client, clock: Item) -> None:
    plain = client.get(LIST)
    assert not plain.cookies
    save(client, clock)
    own = client.get(LIST)

    for page in (plain, own):
        assert "Cookie" in page.headers["Vary"]
    assert "private" in own.headers["Cache-Control"]
    assert 'aria-pressed="true"' not in Client().get(LIST).text


def test_it_costs_a_guest_the_session_and_a_customer_nothing(
    client: Client, alice: User, clock: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    terms = reverse("store:terms")
    customer = Client()
    customer.force_login(alice)
    customer.get(terms)
    with django_assert_num_queries(3):
        customer.get(terms)
    save(client, clock)
    save(customer, clock)

    with django_assert_num_queries(3):
        assert "1 saved thing" in customer.get(terms).text
    with django_assert_num_queries(1):
        assert "1 saved thing" in client.get(terms).text


def test_the_list_costs_the_same_for_many_things(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    save(client, *(make_item() for _ in range(5)))
    client.get(SAVED)

    with django_assert_num_queries(4):
        client.get(SAVED)


def test_what_is_sold_offers_no_button_unless_it_is_saved(client: Client, clock: Item) -> None:
    page = clock.get_absolute_url()
    button = reverse("bag:save", args=[clock.pk])
    assert button in client.get(page).text
    save(client, clock)
    make_order(clock, paid=True)

    assert reverse("bag:unsave", args=[clock.pk]) in client.get(page).text
    assert button + '"' not in Client().get(page).text


def test_saving_is_a_post_of_what_everybody_may_see(client: Client, clock: Item) -> None:
    hidden = make_item(published=False)
    for name in ("save", "unsave"):
        assert client.get(reverse(f"bag:{name}", args=[clock.pk])).status_code == 405
    assert client.post(reverse("bag:save", args=[hidden.pk])).status_code == 404
    assert client.post(reverse("bag:save", args=[10**20])).status_code == 404


@pytest.mark.parametrize("address", ["/bag/remove/{}/", "/saved/{}/remove/"])
def test_what_is_not_published_is_not_named(client: Client, address: str) -> None:
    hidden = make_item(title="Secret", slug="secret", published=False)

    answer = client.post(address.format(hidden.pk))

    assert (answer.status_code, "secret" in answer["Location"]) == (302, False)
