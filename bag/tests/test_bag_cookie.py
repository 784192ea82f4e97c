import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.factories import PASSWORD
from bag.cookie import COOKIE, keyed
from store.models import Item, Order, Piece
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


def first_click(browser: Client, item: Item) -> None:
    """Put something in the bag, knowing of no session that another click has started."""
    browser.cookies.pop("sessionid", None)
    token = browser.cookies["csrftoken"].value
    answer = browser.post(reverse("bag:add", args=[item.pk]), {"csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def opened(item: Item) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.get(reverse("store:item", args=[item.slug]))
    return browser


def keys() -> set[str | None]:
    return set(Piece.objects.held().values_list("held_by", flat=True))


def test_two_first_clicks_at_once_open_one_bag(clock: Item) -> None:
    browser = opened(clock)
    first_click(browser, clock)
    first_click(browser, make_item(title="Lamp"))

    page = browser.get(reverse("bag:detail")).text
    assert clock.title in page
    assert "Lamp" in page


def test_the_cookie_that_scripts_were_let_read_opens_no_bag(clock: Item) -> None:
    browser, thief = opened(clock), Client(enforce_csrf_checks=True)
    first_click(browser, clock)

    thief.cookies["csrftoken"] = browser.cookies["csrftoken"].value
    first_click(thief, make_item(title="Lamp"))

    assert clock.title not in thief.get(reverse("bag:detail")).text
    assert len(keys()) == 2


def test_the_cookie_is_no_scripts_and_comes_before_the_first_click(
    clock: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = reverse("store:item", args=[clock.slug])
    Client().get(page)
    with django_assert_num_queries(4):
        answer = Client().get(page)

    assert answer.cookies[COOKIE]["httponly"]
    assert answer.cookies[COOKIE]["samesite"] == "Lax"
    assert answer.cookies["csrftoken"]["httponly"]
    assert "private" in answer.headers["Cache-Control"]
    assert not Session.objects.exists()


def test_whoever_has_it_gets_no_other(clock: Item) -> None:
    browser = opened(clock)

    assert COOKIE not in browser.get(reverse("store:item", args=[clock.slug])).cookies


def test_a_guest_after_a_customer_opens_another_bag(clock: Item, alice: User) -> None:
    browser = opened(clock)
    first_click(browser, clock)
    browser.get(reverse("accounts:login"))
    form = {"username": alice.email, "password": PASSWORD}
    token = browser.cookies["csrftoken"].value
    browser.post(reverse("accounts:login"), {**form, "csrfmiddlewaretoken": token})
    opened_by_alice = keys()
    # Her session has ended from afar: nothing was clicked here.
    Session.objects.all().delete()

    first_click(browser, make_item())

    assert len(keys() - opened_by_alice) == 1


def test_a_customers_first_bag_is_no_guests(clock: Item, alice: User) -> None:
    browser = Client()
    browser.cookies[COOKIE] = "a" * 22
    for user in (alice, None):
        browser.force_login(alice) if user else browser.cookies.pop("sessionid")
        browser.post(reverse("bag:add", args=[make_item().pk]))

    assert len(keys()) == 2


def test_clicks_on_pages_of_the_release_before_open_one_bag(clock: Item) -> None:
    browser = opened(clock)
    del browser.cookies[COOKIE]
    first_click(browser, clock)
    first_click(browser, make_item())

    assert keys() == {keyed(browser.cookies["csrftoken"].value)}


def test_what_was_ordered_with_the_key_before_is_opened_by_no_cookie(clock: Item) -> None:
    browser = opened(clock)
    del browser.cookies[COOKIE]
    before = keyed(browser.cookies["csrftoken"].value)
    make_order(make_item(pieces=0), bag_key=before, state=Order.State.CANCELLED)

    first_click(browser, clock)

    assert keys() - {before} == keys()
