"""A password is hashed for a second by design: what happens to the account in that second."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.mail import key_of
from accounts.models import User
from accounts.tests.factories import PASSWORD
from tests.crowd import just_before

NEW = "a new and longer password"
CHANGE = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}


class SlowHasher(MD5PasswordHasher):
    """While it works on the new password, something happens."""

    meanwhile: ClassVar[Callable[[], object]]

    def encode(self, password: str, salt: str) -> str:
        if password == NEW:
            type(self).meanwhile()
        return super().encode(password, salt)


@pytest.fixture(autouse=True)
def _slow(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.SlowHasher"]


def test_who_is_dismissed_meanwhile_stays_so(wren: User, client: Client) -> None:
    wren.set_password(PASSWORD)
    wren.save()
    client.force_login(wren)
    SlowHasher.meanwhile = staticmethod(
        lambda: User.objects.filter(pk=wren.pk).update(is_active=False, is_staff=False, name="")
    )
    client.post(reverse("accounts:password_change"), CHANGE)

    wren.refresh_from_db()
    assert (wren.is_active, wren.is_staff, wren.name) == (False, False, "")
    assert wren.check_password(NEW)


def test_another_password_that_was_set_meanwhile_stays(alice: User, client: Client) -> None:
    client.force_login(alice)
    SlowHasher.meanwhile = staticmethod(
        lambda: User.objects.filter(pk=alice.pk).update(password="another")
    )
    answer = client.post(reverse("accounts:password_change"), CHANGE, follow=True)

    assert answer.request["PATH_INFO"] == reverse("accounts:login")
    assert "Another password was set meanwhile." in answer.text
    alice.refresh_from_db()
    assert alice.password == "another"


@pytest.mark.parametrize("other", [{"password": "another"}, {"email": "rescued@example.com"}])
def test_a_link_ends_with_the_password_and_the_address_of_then(
    alice: User, client: Client, other: dict[str, str]
) -> None:
    uid, token = key_of(alice)
    form = client.get(reverse("accounts:password_reset_confirm", args=[uid, token]), follow=True)
    SlowHasher.meanwhile = staticmethod(lambda: User.objects.filter(pk=alice.pk).update(**other))
    page = client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})

    assert page.status_code == 200
    assert page.context["validlink"] is False
    assert not mail.outbox
    before = {"email": alice.email, "password": alice.password, "checked_email": alice.email}
    assert User.objects.values(*before).get() == {**before, **other}


@pytest.fixture
def weak(alice: User) -> User:
    """Somebody whose hash is of an older Django, and is raised at the next log-in."""
    alice.password = make_password(PASSWORD, salt="short")
    alice.save()
    return alice


def log_in(client: Client, user: User) -> int:
    form = {"username": user.email, "password": PASSWORD}
    return client.post(reverse("accounts:login"), form).status_code


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_a_log_in_writes_no_old_password_over_a_new_one(weak: User, client: Client) -> None:
    def reset() -> None:
        User.objects.filter(pk=weak.pk).update(password="another")

    with just_before('UPDATE "accounts_user"', reset):
        log_in(client, weak)

    weak.refresh_from_db()
    assert weak.password == "another"
    assert not is_in(client)


def test_two_who_log_in_at_once_are_both_in(weak: User, client: Client) -> None:
    other = Client()
    with just_before('UPDATE "accounts_user"', lambda: log_in(other, weak)):
        log_in(client, weak)

    assert is_in(client)
    assert is_in(other)


def test_who_was_logged_in_before_the_rounds_rose_sets_a_new_password(
    weak: User, client: Client
) -> None:
    client.force_login(weak)
    SlowHasher.meanwhile = staticmethod(lambda: None)

    client.post(reverse("accounts:password_change"), CHANGE)

    weak.refresh_from_db()
    assert weak.check_password(NEW)
    assert is_in(client)


def test_who_was_logged_in_before_the_rounds_rose_stays_in(weak: User, client: Client) -> None:
    client.force_login(weak)

    client.post(reverse("accounts:confirm"), {"password": PASSWORD})

    assert User.objects.get().password != weak.password
    assert is_in(client)
