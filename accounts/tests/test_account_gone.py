"""Whoever was let onto a page of an account that is erased, or closed, before it writes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changing import ask_for_check, ask_for_email, take_new_email, undo_change
from accounts.checks import LinkDead, undo_token
from accounts.erasing import erase
from accounts.factors.codes import make_codes, page_for
from accounts.factors.services import make_room, remove_factor, reset_factors
from accounts.locking import AccountGone, lock_owner
from accounts.models import ERASED, AddressChange, Customer, RecoveryCodes, User
from accounts.personal_data import person_of
from accounts.services import address_was_reached, deactivate_account, save_profile
from accounts.tests.factories import mails_sent
from accounts.tests.factors import make_app
from tests.crowd import just_before

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")
CONTACT = {"street": "Ghost Street 1", "city": "Berlin"}


@pytest.fixture
def request_of(alice: User, client: Client) -> Any:
    request = RequestFactory().post("/")
    request.user, request.session = alice, client.session
    return request


def undo(user: User, request: Any) -> None:
    undo_change(change=AddressChange(pk=1, user=user, old="ghost@example.com"), request=request)


ACTS: dict[str, Callable[[User, Any], object]] = {
    "profile": lambda user, _: save_profile(user=user, name="Ghost", contact=CONTACT),
    "close": lambda user, _: deactivate_account(user=user),
    "new address": lambda user, request: ask_for_email(
        user=user, email="ghost@example.com", request=request
    ),
    "link once more": lambda user, request: ask_for_check(user=user, request=request),
    "address taken": lambda user, request: take_new_email(user=user, request=request),
    "taken back": undo,
    "app or passkey": make_room,
    "factor removed": lambda user, request: remove_factor(user=user, factor="1", request=request),
    "factors reset": lambda user, _: reset_factors(user),
    "codes": lambda user, request: make_codes(user=user, page=page_for(user), request=request),
    "what is to be theirs": lambda user, _: lock_owner(user),
    "erased once more": lambda user, request: erase(person_of(user), request),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_is_written_to_whoever_is_erased(
    alice: User, request_of: Any, act: Callable[[User, Any], object]
) -> None:
    User.objects.filter(pk=alice.pk).update(new_email="ghost@example.com")
    begun = User.objects.get(pk=alice.pk)
    erase(person_of(alice), request_of)
    mails = len(mails_sent())

    with pytest.raises((AccountGone, LinkDead)):
        act(begun, request_of)

    bare = User.objects.get(pk=alice.pk)
    assert (bare.name, bare.email, bare.new_email, bare.closed_at) == (ERASED, "", "", None)
    rows = (Customer, AddressChange, TOTPDevice, RecoveryCodes)
    assert not any(model.objects.exists() for model in rows)
    assert len(mails_sent()) == mails


def test_an_address_that_is_gone_was_not_reached(alice: User) -> None:
    User.objects.update(email="", checked_email="", email_checked_at=None)

    address_was_reached(user=alice)

    assert User.objects.get().checked_email == ""


def test_nobody_opens_again_what_staff_have_closed_at_the_same_moment(wren: User) -> None:
    User.objects.filter(pk=wren.pk).update(is_active=False)

    with pytest.raises(AccountGone):
        deactivate_account(user=wren)

    assert User.objects.get(pk=wren.pk).closed_at is None
    assert mails_sent() == []


def test_a_change_is_taken_once_and_taken_back_once(alice: User, request_of: Any) -> None:
    User.objects.update(new_email="new@example.com")
    seen = User.objects.get()
    take_new_email(user=seen, request=request_of)
    with pytest.raises(LinkDead):
        take_new_email(user=seen, request=request_of)
    change = AddressChange.objects.get()
    assert User.objects.get().email == "new@example.com"

    undo_change(change=change, request=request_of)
    with pytest.raises(LinkDead):
        undo_change(change=change, request=request_of)
    assert User.objects.get().email == "alice@example.com"


def test_the_page_leads_out_of_an_account_that_is_gone(client: Client, alice: User) -> None:
    client.force_login(alice)
    close = User.objects.filter(pk=alice.pk).update

    with just_before('SELECT "accounts_customer"', lambda: close(is_active=False)):
        answer = client.post(PROFILE, {"name": "Ghost"}, follow=True)

    assert answer.request["PATH_INFO"] == reverse("accounts:login")
    assert "The account is closed." in answer.text
    assert User.objects.get().name == "Alice"


def test_a_link_that_is_used_meanwhile_says_so(client: Client, alice: User) -> None:
    app = make_app(alice)
    change = AddressChange.objects.create(user=alice, old="old@example.com", new=alice.email)
    page = reverse("accounts:email-undo", args=[undo_token(change)])
    end = AddressChange.objects.filter(pk=change.pk).update
    with just_before('SELECT "accounts_user"', lambda: end(undone_at=timezone.now())):
        answer = client.post(page)

    assert "does not work any more" in answer.text
    assert TOTPDevice.objects.get() == app
