"""Whoever guesses passwords waits ever longer; the owner of the account gets in."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.guessing import ACCOUNT, ALL, ATTACK, forget_guesses, pause_after
from accounts.logins.services import COOKIE
from accounts.models import Guesses, User
from accounts.tests.factories import PASSWORD, mails_sent, make_user
from accounts.tests.test_login import LOGIN
from accounts.tests.test_passwords import link_for, set_password

pytestmark = pytest.mark.django_db
HOME = "192.0.2.1"
WRONG = "wrong"


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine lets a short pause pass."""
    now = timezone.now()
    monkeypatch.setattr("accounts.guessing.timezone", SimpleNamespace(now=lambda: now))


def knock(
    email: str = "alice@example.com",
    password: str = WRONG,
    address: str = HOME,
    client: Client | None = None,
) -> Any:
    sent = {"username": email, "password": password}
    return (client or Client()).post(LOGIN, sent, REMOTE_ADDR=address)


def from_many_addresses(count: int, email: str = "alice@example.com") -> list[int]:
    return [knock(email, address=f"198.51.100.{n}").status_code for n in range(count)]


def pass_time(**time: int) -> None:
    for row in Guesses.objects.all():
        row.failed_at -= timedelta(**time)
        row.save()


def test_one_account_from_many_addresses_meets_a_pause(alice: User) -> None:
    assert from_many_addresses(30) == [200] * 10 + [429] * 20
    assert knock(password=PASSWORD).status_code == 429


def test_many_accounts_from_one_address_meet_a_pause(db: None) -> None:
    for number in range(36):
        make_user(f"person{number}@example.com")

    statuses = [knock(f"person{number}@example.com").status_code for number in range(36)]

    assert statuses == [200] * 20 + [429] * 16
    assert knock("person35@example.com", PASSWORD).status_code == 429
    assert knock("person35@example.com", PASSWORD, address="203.0.113.9").status_code == 302


def test_one_network_of_ipv6_is_one_visitor(db: None) -> None:
    statuses = [
        knock(f"nobody{n}@example.com", address=f"2001:db8::{n:x}").status_code for n in range(22)
    ]

    assert statuses[-2:] == [429, 429]


def test_whoever_waits_learns_of_no_account(alice: User) -> None:
    """Whatever browser they say it is; nothing counts these tries."""
    for number in range(21):
        knock(f"nobody{number}@example.com")
    stranger = Client()
    stranger.cookies[COOKIE] = "made-up"

    def asked(email: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = knock(email, client=stranger)
        return answer.status_code, len(queries)

    assert asked("nobody@example.com") == asked(alice.email)
    assert asked(alice.email)[0] == 429


def test_each_wrong_one_doubles_the_pause_up_to_a_quarter_of_an_hour() -> None:
    seconds = [
        pause_after(count, ACCOUNT, attacked=False).total_seconds() for count in range(9, 30)
    ]

    assert seconds[:6] == [0, 1, 2, 4, 8, 16]
    assert seconds[10:] == [512, *[900] * 10]


def test_the_page_says_how_long(alice: User) -> None:
    from_many_addresses(10)

    assert "You can try again in 1 second." in knock().text


def test_waiting_costs_nothing_more(alice: User) -> None:
    from_many_addresses(10)
    before = Guesses.objects.in_bulk()

    from_many_addresses(5)

    assert {key: row.count for key, row in Guesses.objects.in_bulk().items()} == {
        key: row.count for key, row in before.items()
    }


def test_time_forgets(alice: User) -> None:
    from_many_addresses(12)
    pass_time(hours=1)

    assert knock(password=PASSWORD).status_code == 302


def test_the_owner_gets_in_from_a_known_browser(alice: User) -> None:
    browser = Client()
    knock(password=PASSWORD, client=browser)
    browser.post("/accounts/logout/")
    from_many_addresses(12)
    for _ in range(6):
        knock()

    assert knock(password=PASSWORD).status_code == 429
    assert knock(password=PASSWORD, client=browser).status_code == 302


def test_nobody_guesses_on_in_a_known_browser(alice: User) -> None:
    browser = Client()
    knock(password=PASSWORD, client=browser)
    browser.post("/accounts/logout/")

    statuses = [knock(client=browser).status_code for _ in range(8)]

    assert statuses == [200] * 5 + [429] * 3


def test_a_browser_that_somebody_else_is_known_in_counts_for_nothing(
    alice: User, bob: User
) -> None:
    browser = Client()
    knock(bob.email, PASSWORD, client=browser)
    browser.post("/accounts/logout/")
    from_many_addresses(12)

    assert knock(password=PASSWORD, client=browser).status_code == 429


def test_a_new_password_by_mail_ends_the_pause(client: Client, alice: User) -> None:
    from_many_addresses(12)

    set_password(client, link_for(client))

    assert knock(password="an even longer pass phrase").status_code == 302
    assert mails_sent()


def test_while_all_accounts_are_tried_less_is_free(alice: User) -> None:
    Guesses.objects.create(key=ALL, count=ATTACK + 1, failed_at=timezone.now())

    assert from_many_addresses(6) == [200] * 5 + [429]


def test_the_table_names_nobody(alice: User) -> None:
    knock()

    keys = " ".join(Guesses.objects.values_list("key", flat=True))
    assert "alice" not in keys
    assert HOME not in keys


def test_what_was_long_ago_is_forgotten(alice: User) -> None:
    knock()
    assert forget_guesses() == 0
    pass_time(days=1, seconds=1)

    assert forget_guesses() == 3
