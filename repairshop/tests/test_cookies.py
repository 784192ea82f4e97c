import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD
from bag.session import Bag
from store.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tls(settings: Settings) -> None:
    """The names of a shop that speaks TLS, as `settings.py` makes them."""
    settings.COOKIE_PREFIX = "__Host-"
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def visitor(*before: Client) -> Client:
    """A browser, with the cookies of others under the names of the release before."""
    browser = Client(enforce_csrf_checks=True)
    for name, cookie in [each for client in before for each in client.cookies.items()]:
        browser.cookies[name.removeprefix("__Host-")] = cookie.value
    return browser


def log_in(browser: Client, user: User) -> Client:
    form = {"username": user.email, "password": PASSWORD}
    send(browser, reverse("accounts:login"), form, page=reverse("accounts:login"))
    return browser


def send(browser: Client, address: str, form: dict[str, str], *, page: str) -> None:
    token = browser.get(page, secure=True).context["csrf_token"]
    headers = {"Referer": f"https://testserver{page}"}
    data = {**form, "csrfmiddlewaretoken": str(token)}
    answer = browser.post(address, data, headers=headers, secure=True)
    assert answer.status_code in {200, 302}


def is_in(browser: Client) -> bool:
    return browser.get(reverse("accounts:profile"), secure=True).status_code == 200


def test_every_cookie_belongs_to_this_host_by_its_name(alice: User, clock: Item) -> None:
    browser = log_in(visitor(), alice)
    page = reverse("store:item", args=[clock.slug])
    send(browser, reverse("bag:add", args=[clock.pk]), {}, page=page)

    names = {"sessionid", "csrftoken", "bag", "browser", "typed_by", "messages"}
    assert set(browser.cookies) == {f"__Host-{name}" for name in names}
    for cookie in browser.cookies.values():
        assert cookie["secure"], cookie.key
        assert cookie["httponly"], cookie.key
        assert (cookie["path"], cookie["domain"]) == ("/", ""), cookie.key


def test_nobody_is_logged_out_by_the_names(alice: User) -> None:
    before = log_in(visitor(), alice)
    session = before.cookies["__Host-sessionid"].value
    browser = visitor(before)

    assert is_in(browser)
    assert browser.cookies["__Host-sessionid"].value == session
    # A web process of the release before still finds it.
    assert browser.cookies["sessionid"].value == session
    del browser.cookies["sessionid"]
    assert is_in(browser)


def test_an_open_form_of_the_release_before_is_taken(alice: User, clock: Item) -> None:
    guest = visitor()
    token = str(guest.get(reverse("accounts:login"), secure=True).context["csrf_token"])
    browser = visitor(guest)
    for name in [name for name in browser.cookies if name != "csrftoken"]:
        del browser.cookies[name]

    answer = browser.post(
        reverse("bag:add", args=[clock.pk]),
        {"csrfmiddlewaretoken": token},
        headers={"Referer": "https://testserver/"},
        secure=True,
    )

    assert answer.status_code == 302
    assert len(Bag(answer.wsgi_request)) == 1


def test_a_message_of_the_release_before_is_shown_once(clock: Item) -> None:
    before = visitor()
    page = reverse("store:item", args=[clock.slug])
    send(before, reverse("bag:add", args=[clock.pk]), {}, page=page)
    browser = visitor(before)

    seen = [browser.get(reverse("bag:detail"), secure=True).text for _ in range(2)]

    assert ["is in your bag" in text for text in seen] == [True, False]


def test_logging_out_takes_both_names_away(alice: User) -> None:
    browser = visitor(log_in(visitor(), alice))
    send(browser, reverse("accounts:logout"), {}, page=reverse("accounts:profile"))

    assert [browser.cookies[name].value for name in ("__Host-sessionid", "sessionid")] == ["", ""]
