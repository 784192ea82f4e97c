from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent
from accounts.tests.test_login import LOGIN

HOME, AWAY = "192.0.2.1", "198.51.100.7"
WRONG = "wrong"


def knock(password: str = WRONG, *, email: str = "alice@example.com", **where: Any) -> Any:
    """Try to log in from an address, with a fresh browser."""
    where.setdefault("REMOTE_ADDR", HOME)
    return Client().post(LOGIN, {"username": email, "password": password}, **where)


def lock(email: str = "alice@example.com", **where: Any) -> None:
    for _ in range(5):
        knock(email=email, **where)


def test_fifth_wrong_try_locks_the_account_from_there(alice: User) -> None:
    assert [knock().status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    assert knock(PASSWORD).status_code == 429


def test_page_says_until_when(alice: User) -> None:
    lock()
    answer = knock(PASSWORD)

    assert "You can try again in 15 minutes." in answer.text
    assert 890 <= int(answer.headers["Retry-After"]) <= 900


def test_four_wrong_tries_lock_nothing(alice: User) -> None:
    for _ in range(4):
        knock()
    assert knock(PASSWORD).status_code == 302


def test_owner_gets_in_from_another_address(alice: User) -> None:
    lock()
    assert knock(PASSWORD, REMOTE_ADDR=AWAY).status_code == 302


def test_other_accounts_get_in_from_the_same_address(alice: User, bob: User) -> None:
    lock()
    assert knock(PASSWORD, email=bob.email).status_code == 302


def test_spelling_and_browser_make_no_difference(alice: User) -> None:
    spellings = [
        "ALICE@example.com",
        " alice@example.com",
        "ａlice@example.com",
        "Alice@EXAMPLE.com",
    ]
    for number, email in enumerate([*spellings, "Alice@EXAMPLE.com"]):
        knock(email=email, HTTP_USER_AGENT=f"browser {number}")

    assert knock().status_code == 429


def test_tries_during_the_lock_do_not_prolong_it(alice: User) -> None:
    lock()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert "You can try again in 1 minute." in knock().text

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert knock(PASSWORD).status_code == 302


def test_forwarded_address_is_nothing_without_a_proxy(alice: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    for number in range(5):
        knock(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert knock(PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429


def test_behind_a_proxy_only_its_own_entry_counts(alice: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        knock(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, {AWAY}")

    assert knock(PASSWORD, HTTP_X_FORWARDED_FOR=f"203.0.113.9, {AWAY}").status_code == 429
    assert knock(PASSWORD, HTTP_X_FORWARDED_FOR=f"{AWAY}, {HOME}").status_code == 302


def test_unknown_accounts_are_locked_alike(db: None) -> None:
    lock("nobody@example.com")
    assert knock(email="nobody@example.com").status_code == 429


def test_door_of_the_admin_is_the_same(alice: User) -> None:
    User.objects.update(is_staff=True)
    lock()
    form = {"username": alice.email, "password": PASSWORD}

    assert Client().post("/admin/login/", form, REMOTE_ADDR=HOME).status_code == 429


@pytest.mark.parametrize("name", ["x" * 10_000 + "@b.de", "a\0b", "", "ﷺ" * 200])
def test_strange_names_at_the_door_of_the_admin_get_an_answer(db: None, name: str) -> None:
    answer = Client().post("/admin/login/", {"username": name, "password": "wrong"})
    assert answer.status_code == 200


def test_guesses_inside_count_too_and_no_password_is_kept(client: Client, alice: User) -> None:
    client.force_login(alice)
    guess = {"old_password": "secret1", "new_password1": "secret2", "new_password2": "secret3"}
    for _ in range(3):
        client.post(reverse("accounts:password_change"), guess, REMOTE_ADDR=HOME)
    for name in ("email", "deactivate"):
        fields = {"password": "secret4", "email": "new@example.com"}
        answer = client.post(reverse(f"accounts:{name}"), fields, REMOTE_ADDR=HOME)

    assert answer.status_code == 429
    assert not AccessAttempt.objects.filter(post_data__contains="secret").exists()


def test_new_password_by_mail_opens_the_lock(client: Client, alice: User) -> None:
    lock()
    client.post(reverse("accounts:password_reset"), {"email": alice.email})
    link = mails_sent()[0].body.split("http://testserver")[1].split()[0]
    twice = {"new_password1": "a new pass phrase", "new_password2": "a new pass phrase"}
    client.post(client.get(link).headers["Location"], twice)

    assert knock("a new pass phrase").status_code == 302
