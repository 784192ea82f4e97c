"""How long log-ins last, where they are, and what mails say of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.confirmation import CONFIRMED
from accounts.logins.services import digest_of, record_login
from accounts.logins.session import BEGAN, SEEN
from accounts.logins.words import browser_in_words
from accounts.models import KnownBrowser, Login, User
from accounts.retention import retain_all
from accounts.tests.factories import PASSWORD, mails_sent

pytestmark = pytest.mark.django_db
LOGIN = reverse("accounts:login")
LIST = reverse("accounts:logins")
PROFILE = reverse("accounts:profile")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604"
)
NEW = "a rather different pass phrase"


def log_in(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    enter(client, user)
    return client


def enter(client: Client, user: User) -> None:
    assert client.post(LOGIN, {"username": user.email, "password": PASSWORD}).status_code == 302


def is_in(client: Client, page: str = PROFILE) -> bool:
    return client.get(page).status_code == 200


def age(client: Client, **ages: int) -> None:
    """Let so many minutes pass since a log-in began or somebody was seen."""
    session: Any = client.session
    for name, minutes in ages.items():
        session[{"began": BEGAN, "seen": SEEN}[name]] -= minutes * 60
    session.save()


@pytest.mark.parametrize("ages", [{"seen": 61}, {"began": 12 * 60 + 1}])
def test_staff_are_logged_out(client: Client, sam: User, ages: dict[str, int]) -> None:
    client.force_login(sam)
    assert is_in(client, "/admin/")

    age(client, **ages)

    assert not is_in(client, "/admin/")
    assert not is_in(client)


def test_staff_who_look_at_pages_stay(client: Client, sam: User) -> None:
    client.force_login(sam)
    for _ in range(3):
        age(client, seen=40)
        assert is_in(client, "/admin/")


def test_a_page_that_asks_in_the_background_is_nobody(client: Client, sam: User) -> None:
    client.force_login(sam)
    age(client, seen=40)
    client.get("/admin/", headers={"Sec-Fetch-Dest": "empty"})
    age(client, seen=21)

    assert not is_in(client, "/admin/")


def test_customers_stay_for_thirty_days(client: Client, alice: User) -> None:
    client.force_login(alice)
    age(client, seen=29 * 24 * 60, began=29 * 24 * 60)
    assert is_in(client)

    age(client, began=2 * 24 * 60)

    assert not is_in(client)


def test_a_session_from_before_begins_now(client: Client, sam: User) -> None:
    client.force_login(sam)
    session: Any = client.session
    del session[BEGAN], session[SEEN]
    session.save()

    assert is_in(client, "/admin/")
    assert client.session[BEGAN]


def test_what_was_typed_waits_for_the_log_in(client: Client, sam: User) -> None:
    client.force_login(sam)
    age(client, seen=61)

    client.post("/admin/store/category/add/", {"name": "Clocks of Sam"})
    enter(client, sam)

    assert "Clocks of Sam" in client.get(reverse("resend")).text


def test_each_log_in_is_listed_with_its_browser(alice: User) -> None:
    here, phone = log_in(alice), log_in(alice, PHONE)

    page = here.get(LIST).text

    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "127.0.0.1" in page
    assert page.count("Log out there") == 1
    assert is_in(phone)


def test_one_is_ended_from_afar(alice: User, bob: User) -> None:
    here, phone, bobs = log_in(alice), log_in(alice, PHONE), log_in(bob)

    for browser in (bobs, phone):
        there = Login.objects.get(session_key=browser.session.session_key)
        here.post(LIST, {"login": there.pk})
    here.post(LIST, {"login": "\0nonsense"})

    assert [is_in(each) for each in (here, phone, bobs)] == [True, False, True]


@pytest.mark.parametrize("chosen", ["others", "1"])
def test_none_is_ended_from_a_screen_that_was_left_open(alice: User, chosen: str) -> None:
    there, here = log_in(alice), log_in(alice)
    session = here.session
    session[CONFIRMED] = 0
    session.save()

    answer = here.post(LIST, {"login": chosen})

    assert reverse("accounts:confirm") in answer.headers["Location"]
    assert there.get(LIST).status_code == 200


def test_all_others_are_ended(alice: User) -> None:
    here, *others = (log_in(alice) for _ in range(3))

    here.post(LIST, {"login": "others"})

    assert is_in(here)
    assert not any(is_in(each) for each in others)
    assert Login.objects.count() == 1


def test_logging_out_takes_it_from_the_list(alice: User) -> None:
    log_in(alice).post(reverse("accounts:logout"))

    assert not Login.objects.exists()


@pytest.fixture
def old(alice: User) -> User:
    """Somebody whose account was not opened just now."""
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))
    return User.objects.get(pk=alice.pk)


def test_a_browser_that_is_not_known_is_told_of(old: User) -> None:
    here = log_in(old)
    assert [mail.subject for mail in mails_sent()] == [
        "Somebody has logged in to your account at Repairshop"
    ]
    assert "Firefox on Windows, from the address 127.0.0.1" in mails_sent()[0].body

    here.post(reverse("accounts:logout"))
    enter(here, old)
    assert len(mails_sent()) == 1
    log_in(old, PHONE)
    assert len(mails_sent()) == 2


def test_nobody_is_known_by_what_a_browser_had_before(old: User, bob: User) -> None:
    here = log_in(bob)
    before = here.cookies["browser"].value
    here.post(reverse("accounts:logout"))
    enter(here, old)
    assert len(mails_sent()) == 1

    elsewhere = Client()
    elsewhere.cookies["browser"] = before
    enter(elsewhere, old)

    assert len(mails_sent()) == 2


def test_a_browser_keeps_nothing_that_was_not_made_here(old: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.cookies["browser"] = "x.y"
        enter(browser, old)

    assert len(mails_sent()) == 2
    assert "x" not in here.cookies["browser"].value.split(".")


def test_those_who_share_a_browser_are_both_known_in_it(bob: User, old: User) -> None:
    here = Client()
    for user in (old, bob, old, bob):
        enter(here, user)
        here.post(reverse("accounts:logout"))

    assert [mail.to for mail in mails_sent()] == [[old.email], [bob.email]]


def test_a_secret_that_two_are_known_by_is_replaced(old: User, bob: User) -> None:
    """As releases before have given one for all who share a browser."""
    here = log_in(old)
    shared = KnownBrowser.objects.get()
    KnownBrowser.objects.create(user=bob, digest=shared.digest, seen_at=timezone.now())

    here.post(reverse("accounts:logout"))
    enter(here, old)

    assert len(mails_sent()) == 1
    assert KnownBrowser.objects.get(digest=shared.digest).user == bob
    assert KnownBrowser.objects.filter(user=old).count() == 1


def test_a_new_password_leaves_known_the_browser_where_it_was_set(old: User) -> None:
    here, _thiefs = log_in(old), log_in(old)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    here.post(reverse("accounts:password_change"), form)

    assert KnownBrowser.objects.get().digest == digest_of(here.cookies["browser"].value)


def test_who_got_in_by_a_password_of_before_is_not_known(old: User) -> None:
    """It was changed while the log-in was answered."""
    request = HttpRequest()
    request.session = Client().session
    User.objects.update(password="another")

    assert not record_login(request, old)
    assert not KnownBrowser.objects.exists()
    assert not Login.objects.exists()


def test_the_cookie_is_no_scripts_and_kept_as_a_digest(alice: User) -> None:
    cookie = log_in(alice).cookies["browser"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert KnownBrowser.objects.get().digest != cookie.value


def test_a_new_password_ends_the_other_log_ins_and_is_told_of(alice: User) -> None:
    here, phone = log_in(alice), log_in(alice, PHONE)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    here.post(reverse("accounts:password_change"), form)

    assert is_in(here)
    assert not is_in(phone)
    assert Login.objects.get().session_key == here.session.session_key
    assert mails_sent()[-1].subject == "Your password at Repairshop was changed"


def test_what_has_ended_is_forgotten(alice: User, bob: User) -> None:
    log_in(alice), log_in(bob)
    Session.objects.filter(pk=Login.objects.get(user=alice).session_key).delete()
    KnownBrowser.objects.filter(user=bob).update(seen_at=timezone.now() - timedelta(days=366))

    taken = retain_all()
    assert (taken["log-ins"], taken["browsers"]) == (1, 1)

    assert Login.objects.get().user == bob
    assert KnownBrowser.objects.get().user == alice


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Chrome/140 Safari/537 Edg/140", "Edge on Mac"),
        ("curl/8.0", "Some other program"),
        ("", "Some other program"),
    ],
)
def test_browsers_are_named(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words
