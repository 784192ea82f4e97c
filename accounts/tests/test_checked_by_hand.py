"""Staff say whose address it is, such as while no mail goes."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.groups import MANAGERS
from accounts.log_entries import SecurityLogEntry
from accounts.models import User
from accounts.registering import open_by_hand
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent, make_staff, make_user
from accounts.tests.test_user_admin import OTHER, act, choose_password, client_of, page

EMAIL = "ann@example.com"


@pytest.fixture
def manager(db: None) -> Client:
    return client_of(make_staff("mia@example.com", group=MANAGERS))


@pytest.fixture
def ann(manager: Client) -> User:
    """Whose account waits for her to follow a link."""
    register(PASSWORD)
    return User.objects.get(email=EMAIL)


def register(password: str) -> None:
    form = {"name": "Ann", "email": EMAIL, "password": password}
    Client().post(reverse("accounts:register"), form)


def test_an_address_is_marked_and_its_owner_chooses_a_password(manager: Client, ann: User) -> None:
    assert act("check", ann) in manager.get(page(ann)).text
    assert "Only when you know" in manager.get(act("check", ann)).text
    register("what a stranger typed last")
    assert not User.objects.get(pk=ann.pk).is_checked

    answer = manager.post(act("check", ann), follow=True)

    assert "ann@example.com is marked as checked" in answer.text
    assert "A mail with a link to choose a password goes to ann@example.com." in answer.text
    assert act("check", ann) not in answer.text
    assert User.objects.get(pk=ann.pk).is_checked
    assert not [typed for typed in ("what a stranger typed last", PASSWORD) if can_log_in(typed)]
    [mail] = [mail for mail in mails_sent() if mail.subject.startswith("Choose a password")]
    choose_password(mail.body)
    assert can_log_in(OTHER)
    entry = SecurityLogEntry.objects.get(event="address_checked")
    assert (entry.user, entry.about) == (ann, "by mia@example.com")


def can_log_in(password: str) -> bool:
    form = {"username": EMAIL, "password": password}
    return Client().post(reverse("accounts:login"), form).status_code == 302


def test_without_a_mail_server_the_link_is_handed_over(
    manager: Client, ann: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"

    answer = manager.post(act("check", ann))

    assert "ann@example.com is marked as checked" in answer.text
    link = re.search(r'id="handed-link" href="([^"]+)"', answer.text)
    assert link
    choose_password(link[1])
    assert can_log_in(OTHER)


def test_who_opens_the_account_meanwhile_keeps_the_password(ann: User) -> None:
    Client().post(link_in_mail(), {"password": PASSWORD})

    assert open_by_hand(user=ann, site="") is None
    assert can_log_in(PASSWORD)


def test_an_account_that_somebody_is_in_keeps_its_password(manager: Client) -> None:
    make_user(EMAIL, email_checked_at=None)

    answer = manager.post(act("check", User.objects.get(email=EMAIL)), follow=True)

    assert "A mail with a link" not in answer.text
    assert User.objects.get(email=EMAIL).is_checked
    assert can_log_in(PASSWORD)
