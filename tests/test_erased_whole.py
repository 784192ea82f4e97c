"""What is written about somebody under another name, address or table goes with all the rest."""

from typing import Any

import pytest
from django.test import Client

from accounts.erasing import pseudonym_of
from accounts.groups import MANAGERS
from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import PASSWORD, make_staff
from accounts.tests.test_user_admin import save

pytestmark = pytest.mark.django_db
ERASE = "/accounts/my-data/erase/"
ASK = "/accounts/my-data/ask/"


@pytest.fixture
def sam_client(sam: User) -> Client:
    return client_of(sam)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def erase_account(user: User) -> None:
    answer: Any = client_of(user).post(ERASE, {"password": PASSWORD})
    assert answer.status_code == 302, answer.text


def test_whose_rights_a_manager_changed_is_forgotten_and_which_manager_is_not(alice: User) -> None:
    manager = client_of(make_staff("mo@example.com", group=MANAGERS))
    save(manager, alice, is_active="")
    save(manager, alice, is_active="on")
    changed = SecurityLogEntry.objects.filter(event="rights_changed")
    assert [*changed.values_list("who", flat=True)] == [alice.email] * 2

    erase_account(alice)

    who = pseudonym_of(alice.email)
    assert {*changed.values_list("who", "about")} == {(who, "by mo@example.com")}
