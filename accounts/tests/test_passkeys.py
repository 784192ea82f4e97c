"""Passkeys are added, a bounded number of them, and nonsense is refused as what it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential
from pytest_django.fixtures import Settings

from accounts.factors import passkey_views
from accounts.factors.services import MOST_FACTORS
from accounts.models import SecurityLogEntry, User
from accounts.tests.factories import PASSWORD, mails_sent
from accounts.tests.factors import log_in_whole, make_app
from accounts.tests.passkeys import SHOP, answer_to, new_id
from accounts.tests.test_second_factor import LIST, SETUP, set_up
from tests.crowd import just_before

pytestmark = pytest.mark.django_db
ADD = reverse("accounts:passkey-add")
FULL = "You have 10 second factors, and no more can be kept."
NOT_TAKEN = {"error": "This passkey was not taken."}


@pytest.fixture
def visitor(client: Client, alice: User, settings: Settings) -> Client:
    settings.ALLOWED_HOSTS = [SHOP]
    client.defaults["HTTP_HOST"] = SHOP
    client.force_login(alice)
    return client


def send(visitor: Client, answer: str = "") -> Any:
    """As `passkeys.js` does: without an answer, it asks."""
    return visitor.post(ADD, answer, content_type="application/json")


def add(visitor: Client, passkey_id: bytes) -> Any:
    return send(visitor, json.dumps(answer_to(send(visitor).json(), passkey_id)))


def test_a_passkey_is_kept_once(visitor: Client, alice: User, bob: User) -> None:
    mine = new_id()
    assert add(visitor, mine).status_code == 200
    again = add(visitor, mine)
    visitor.force_login(bob)
    of_another = add(visitor, mine)

    for answer in (again, of_another):
        assert (answer.status_code, answer.json()) == (400, NOT_TAKEN)
    assert WebAuthnCredential.objects.get().user == alice
    assert len(mails_sent()) == 1


@pytest.mark.parametrize("nonsense", ["[" * 100_000, "null", "{}", '{"id": []}'])
def test_nonsense_is_refused(visitor: Client, nonsense: str) -> None:
    answer = send(visitor, nonsense)

    assert (answer.status_code, answer.json()) == (400, NOT_TAKEN)


@pytest.mark.postgresql
def test_a_counter_that_the_database_cannot_hold_is_refused(visitor: Client) -> None:
    answer = send(visitor, json.dumps(answer_to(send(visitor).json(), new_id(), used=2**31)))

    assert (answer.status_code, answer.json()) == (400, NOT_TAKEN)
    assert not WebAuthnCredential.objects.exists()


def test_a_form_is_no_passkey(visitor: Client) -> None:
    answer = visitor.post(ADD, {"id": "1"})

    assert (answer.status_code, answer.json()) == (400, NOT_TAKEN)


def test_nobody_has_more_than_ten(visitor: Client, alice: User) -> None:
    page = visitor.get(SETUP).text
    log_in_whole(visitor, alice)
    for _ in range(MOST_FACTORS - 2):
        make_app(alice)
    question = send(visitor).json()
    assert FULL not in visitor.get(LIST).text
    make_app(alice)

    begun = send(visitor)
    answered = send(visitor, json.dumps(answer_to(question, new_id())))
    of_app = set_up(visitor, page)

    for answer in (begun, answered):
        assert answer.status_code == 400
        assert FULL in answer.json()["error"]
    assert FULL in of_app.text
    assert FULL in visitor.get(LIST).text
    assert (TOTPDevice.objects.count(), WebAuthnCredential.objects.count()) == (MOST_FACTORS, 0)


def test_there_is_room_when_it_is_kept(visitor: Client, alice: User, monkeypatch: Any) -> None:
    """Another one may have been added since the view has looked."""
    for _ in range(MOST_FACTORS):
        make_app(alice)
    log_in_whole(visitor, alice)
    monkeypatch.setattr(passkey_views, "has_room", lambda _user: True)

    assert FULL in add(visitor, new_id()).json()["error"]
    assert not WebAuthnCredential.objects.exists()


def add_app(visitor: Client) -> Any:
    return set_up(visitor, visitor.get(SETUP).text)


def add_passkey(visitor: Client) -> Any:
    return add(visitor, new_id())


@pytest.mark.parametrize("add_another", [add_app, add_passkey])
def test_they_are_added_only_so_often(
    visitor: Client, settings: Settings, add_another: Callable[[Client], Any]
) -> None:
    settings.FACTORS_PER_HOUR_PER_ADDRESS = 2
    for _ in range(2):
        add_another(visitor)

    answer = add_another(visitor)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"]
    assert "often enough" in answer.content.decode()
    assert len(mails_sent()) == 2


def test_they_are_shown_only_so_often(client: Client, alice: User, settings: Settings) -> None:
    """Each that is refused has its line in the security log."""
    settings.ALLOWED_HOSTS, settings.FACTORS_PER_HOUR_PER_ADDRESS = [SHOP], 2
    client.defaults["HTTP_HOST"] = SHOP
    make_app(alice)
    client.post("/accounts/login/", {"username": alice.email, "password": PASSWORD})
    address, kind = reverse("accounts:passkey"), "application/json"

    answers = [client.post(address, "{}", content_type=kind) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert SecurityLogEntry.objects.filter(event="factor_refused").count() == 2


@pytest.mark.parametrize("add_another", [add_app, add_passkey])
def test_whom_a_password_has_let_in_adds_none_beside_another(
    visitor: Client, alice: User, add_another: Callable[[Client], Any]
) -> None:
    with just_before('UPDATE "bag_allowance"', lambda: make_app(alice)):
        refused = add_another(visitor)

    assert "There is a second factor already." in refused.content.decode()
    assert (TOTPDevice.objects.count(), WebAuthnCredential.objects.count()) == (1, 0)
