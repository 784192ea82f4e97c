"""Addresses are checked, changed and taken back, by those who have the mailbox and nobody else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.addresses import is_checked
from accounts.factors.models import RecoveryCodes
from accounts.models import KnownBrowser, SecurityLogEntry, User
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent, make_user
from accounts.tests.test_login import LOGIN, log_in
from accounts.tests.test_passwords import NEW, TWICE

PROFILE = reverse("accounts:profile")
EMAIL = reverse("accounts:email")
SEND = reverse("accounts:check-send")


@pytest.fixture
def logged_in(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def unchecked(client: Client, db: None) -> Client:
    """Somebody whose account was opened before addresses were checked."""
    client.force_login(make_user("old@example.com", email_checked_at=None))
    return client


def ask_to_change(client: Client, email: str) -> Any:
    return client.post(EMAIL, {"email": email, "password": PASSWORD}, follow=True)


def change(client: Client, email: str = "new@example.com") -> None:
    ask_to_change(client, email)
    client.post(link_in_mail())


def addresses() -> list[str]:
    return [user.email for user in User.objects.order_by("email")]


def test_an_address_changes_when_the_new_mailbox_answers(logged_in: Client) -> None:
    elsewhere = Client()
    log_in(elsewhere)
    page = ask_to_change(logged_in, "New@Example.com")
    assert "new@example.com becomes your address" in page.text
    assert addresses() == ["alice@example.com"]

    link = link_in_mail()
    assert mails_sent()[-1].to == ["new@example.com"]
    assert addresses() == ["alice@example.com"]
    assert "new@example.com" in logged_in.get(link).text
    answer = logged_in.post(link, follow=True)

    assert "you log in with your new e-mail address" in answer.text
    assert addresses() == ["new@example.com"]
    assert is_checked(User.objects.get())
    assert elsewhere.get(PROFILE).status_code == 302
    assert log_in(Client(), "new@example.com") == PROFILE


def test_the_old_address_is_told_and_can_take_it_back(logged_in: Client, alice: User) -> None:
    change(logged_in)
    letter = mails_sent()[-1]
    assert letter.to == ["alice@example.com"]
    assert letter.subject == "Your e-mail address at Repairshop was changed"
    assert "new@example.com" in str(letter.body)

    owner, undo = Client(), link_in_mail()
    assert "new@example.com" in owner.get(undo).text
    assert addresses() == ["new@example.com"]
    page = owner.post(undo, follow=True)

    assert addresses() == ["alice@example.com"]
    assert is_checked(User.objects.get())
    assert logged_in.get(PROFILE).status_code == 302
    assert log_in(Client()) == log_in(Client(), "new@example.com") == ""
    owner.post(page.request["PATH_INFO"], TWICE)
    assert User.objects.get().check_password(NEW)


def test_taking_back_works_after_the_password_was_changed_too(logged_in: Client) -> None:
    change(logged_in)
    undo = link_in_mail()
    logged_in.post(reverse("accounts:password_change"), {"old_password": PASSWORD, **TWICE})

    Client().post(undo)

    assert addresses() == ["alice@example.com"]
    assert logged_in.get(PROFILE).status_code == 302
    assert not User.objects.get().check_password(NEW)


def test_what_a_stranger_prepared_is_gone(logged_in: Client, alice: User) -> None:
    own = TOTPDevice.objects.create(user=alice, key="00" * 20, name="own")
    TOTPDevice.objects.update(created_at=timezone.now() - timedelta(days=8))
    # Before the change of the address as well: the order is theirs to choose.
    TOTPDevice.objects.create(user=alice, key="11" * 20, name="of a stranger")
    RecoveryCodes.objects.create(user=alice, name="recovery").make("1" * 32)
    KnownBrowser.objects.create(user=alice, digest="0" * 64, seen_at=timezone.now())
    change(logged_in)
    undo = link_in_mail()
    TOTPDevice.objects.create(user=alice, key="22" * 20, name="of a stranger")

    Client().post(undo)

    assert TOTPDevice.objects.get() == own
    assert not RecoveryCodes.objects.exists()
    assert not KnownBrowser.objects.exists()


def test_the_first_address_takes_back_all_that_came_after(logged_in: Client) -> None:
    change(logged_in, "second@example.com")
    undo_first = link_in_mail()
    change(logged_in, "third@example.com")
    undo_second = link_in_mail()

    Client().post(undo_first)
    assert addresses() == ["alice@example.com"]

    for link in (undo_first, undo_second):
        assert "does not work any more" in Client().post(link).text
        assert "does not work any more" in Client().get(link).text
    assert addresses() == ["alice@example.com"]


def test_a_change_can_be_taken_back_for_a_week(
    logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(logged_in)
    undo = link_in_mail()

    monkeypatch.setattr("accounts.checks.UNDONE_WITHIN", timedelta(seconds=-1))

    assert "more than a week ago" in Client().post(undo).text
    assert addresses() == ["new@example.com"]


def test_an_address_that_is_another_accounts_by_now_stays_there(logged_in: Client) -> None:
    change(logged_in)
    undo = link_in_mail()
    make_user("alice@example.com", name="Somebody else")

    assert "another account with the address" in Client().post(undo).text
    assert log_in(Client(), "new@example.com") == PROFILE


def test_an_account_that_only_waits_does_not_stand_in_the_way(logged_in: Client) -> None:
    change(logged_in)
    undo, stranger = link_in_mail(), Client()
    stranger.post(
        reverse("accounts:register"), {"name": "M", "email": "alice@example.com", "password": NEW}
    )
    assert len(addresses()) == 2

    Client().post(undo)

    assert addresses() == ["alice@example.com"]
    assert log_in(Client()) == ""


def test_only_the_last_link_counts(logged_in: Client) -> None:
    ask_to_change(logged_in, "typo@example.com")
    first = link_in_mail()
    ask_to_change(logged_in, "right@example.com")
    last = link_in_mail()

    assert "does not work any more" in logged_in.post(first).text
    assert addresses() == ["alice@example.com"]
    logged_in.post(last)
    assert addresses() == ["right@example.com"]
    assert "does not work any more" in logged_in.post(last).text


def test_a_link_opens_nothing_for_who_is_not_logged_in(logged_in: Client, bob: User) -> None:
    ask_to_change(logged_in, "new@example.com")
    link, stranger = link_in_mail(), Client()

    assert stranger.post(link).headers["Location"] == f"{LOGIN}?next={link}"
    stranger.force_login(bob)
    for answer in (stranger.get(link), stranger.post(link)):
        assert "This link is for another account" in answer.text
        assert "alice@example.com" not in answer.text
    assert addresses() == ["alice@example.com", "bob@example.com"]


@pytest.mark.parametrize("email", ["bob@example.com", "BOB@example.com "])
def test_that_an_address_is_taken_is_told_to_its_mailbox_alone(
    logged_in: Client, bob: User, email: str
) -> None:
    page = ask_to_change(logged_in, email)

    assert "We have mailed a link to bob@example.com." in page.text
    [letter] = mails_sent()
    assert letter.to == ["bob@example.com"]
    assert letter.subject == "You have an account at Repairshop already"
    assert "alice" not in str(letter.body).lower()
    assert addresses() == ["alice@example.com", "bob@example.com"]


def test_an_address_taken_while_its_link_was_on_the_way(logged_in: Client) -> None:
    ask_to_change(logged_in, "new@example.com")
    link = link_in_mail()
    make_user("new@example.com")

    answer = logged_in.post(link, follow=True)

    assert "another account with this address by now" in answer.text
    assert addresses() == ["alice@example.com", "new@example.com"]


def test_spellings_of_one_address_are_one(logged_in: Client) -> None:
    change(logged_in, "Alice@xn--bcher-kva.example")

    assert addresses() == ["alice@bücher.example"]
    assert is_checked(User.objects.get())


def test_links_to_one_address_are_asked_for_so_often(logged_in: Client) -> None:
    for _ in range(3):
        ask_to_change(logged_in, "new@example.com")
    mails = len(mails_sent())

    page = ask_to_change(logged_in, "new@example.com")
    assert "often enough" in page.text
    assert 'value="new@example.com"' in page.text
    assert "often enough" in logged_in.post(SEND, follow=True).text
    assert len(mails_sent()) == mails


def test_an_old_account_is_checked_by_a_link(unchecked: Client) -> None:
    assert "We do not know yet whether this is your address" in unchecked.get(PROFILE).text
    assert "A link is on its way to old@example.com." in unchecked.post(SEND, follow=True).text
    link = link_in_mail()
    assert "Is old@example.com the address" in unchecked.get(link).text

    page = unchecked.post(link, follow=True)

    assert "your address is checked" in page.text
    assert is_checked(User.objects.get())
    assert "We do not know" not in page.text
    entry = SecurityLogEntry.objects.get(event="address_checked")
    assert entry.user == User.objects.get()


def test_who_is_checked_is_sent_no_link(logged_in: Client) -> None:
    assert logged_in.post(SEND).headers["Location"] == PROFILE
    assert not mails_sent()


def test_an_unchecked_address_gets_no_account_back(unchecked: Client) -> None:
    change(unchecked, "new@example.com")
    letter = mails_sent()[-1]

    assert letter.to == ["old@example.com"]
    assert "/undo/" not in str(letter.body)
    assert not re.search(r"\bOld\b", str(letter.body))


def test_whatever_else_changes_an_address_leaves_it_unchecked(alice: User) -> None:
    User.objects.update(email="new@example.com")

    assert not is_checked(User.objects.get())


@pytest.mark.parametrize("url", [SEND, reverse("accounts:check", args=["x"])])
def test_other_methods_are_refused(client: Client, db: None, url: str) -> None:
    assert client.put(url).status_code in {200, 302, 405}
    assert client.post(SEND).headers["Location"] == f"{LOGIN}?next={SEND}"
