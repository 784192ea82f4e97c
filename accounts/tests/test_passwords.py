import re
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse

from accounts.addresses import is_checked
from accounts.models import User
from accounts.services import deactivate_account
from accounts.tests.factories import PASSWORD, mails_sent
from accounts.tests.test_login import LOGIN, log_in

CHANGE = reverse("accounts:password_change")
RESET = reverse("accounts:password_reset")
NEW = "an even longer pass phrase"
TWICE = {"new_password1": NEW, "new_password2": NEW}


def link_for(client: Client, email: str = "alice@example.com") -> str:
    """Ask for a reset and return the path in the mail."""
    client.post(RESET, {"email": email})
    found = re.search(r"http://testserver(/\S+)", str(mails_sent()[-1].body))
    assert found
    return found[1]


def set_password(client: Client, link: str, **fields: str) -> Any:
    """Open the link of the mail and send the form behind it."""
    form = client.get(link).headers["Location"]
    return client.post(form, {**TWICE, **fields})


def logs_in_with(password: str) -> bool:
    answer = Client().post(LOGIN, {"username": "alice@example.com", "password": password})
    return answer.status_code == 302


def test_password_is_changed_and_one_stays_logged_in(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(CHANGE, {"old_password": PASSWORD, **TWICE}, follow=True)

    assert "Your password is changed" in answer.text
    assert answer.context["user"] == alice
    assert logs_in_with(NEW)


def test_a_link_that_was_followed_checks_the_address(client: Client, alice: User) -> None:
    User.objects.update(email_checked_at=None)
    assert not is_checked(User.objects.get())
    link = link_for(client)
    client.get(link)
    assert not is_checked(User.objects.get())

    set_password(client, link)

    assert is_checked(User.objects.get())


@pytest.mark.parametrize("is_open", [True, False])
def test_whoever_knows_the_old_one_keeps_nobody_from_a_new_one(
    client: Client, alice: User, is_open: bool
) -> None:
    """By logging in, before the link is opened or while its page is."""
    link = link_for(client)
    form = client.get(link).headers["Location"] if is_open else ""
    assert logs_in_with(PASSWORD)

    answer = client.post(form, TWICE) if is_open else set_password(client, link)

    assert answer.status_code == 302
    assert logs_in_with(NEW)
    assert not logs_in_with(PASSWORD)
    assert "does not work any more" in client.get(link).text


def test_a_link_of_the_version_before_is_good(client: Client, alice: User) -> None:
    uid = link_for(client).split("/")[-3]
    token = default_token_generator.make_token(alice)
    link = reverse("accounts:password_reset_confirm", args=[uid, token])

    assert set_password(client, link).status_code == 302
    assert logs_in_with(NEW)


def test_change_ends_the_sessions_elsewhere(client: Client, alice: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)
    client.force_login(alice)
    client.post(CHANGE, {"old_password": PASSWORD, **TWICE})

    assert elsewhere.get(CHANGE).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password2": "other"}, "new_password2"),
        ({"new_password1": "Alice123", "new_password2": "Alice123"}, "new_password2"),
    ],
)
def test_change_tells_what_is_wrong(
    client: Client, alice: User, wrong: dict[str, str], field: str
) -> None:
    client.force_login(alice)
    answer = client.post(CHANGE, {"old_password": PASSWORD, **TWICE, **wrong})

    assert list(answer.context["form"].errors) == [field]
    assert logs_in_with(PASSWORD)


def test_change_asks_strangers_to_log_in(client: Client, db: None) -> None:
    assert client.get(CHANGE).headers["Location"] == f"{LOGIN}?next={CHANGE}"


@pytest.mark.parametrize("url", [CHANGE, RESET])
def test_other_methods_are_refused(client: Client, alice: User, url: str) -> None:
    client.force_login(alice)
    assert client.delete(url).status_code == 405


def test_reset_by_mail_leads_to_no_port_of_a_strangers_choice(client: Client, alice: User) -> None:
    client.post(RESET, {"email": alice.email}, headers={"Host": "testserver:4444"})

    assert "http://testserver/accounts/reset/" in str(mails_sent()[-1].body)


def test_reset_by_mail_sets_a_password(client: Client, alice: User) -> None:
    answer = set_password(client, link_for(client, "ALICE@example.com"))

    assert answer.headers["Location"] == reverse("accounts:password_reset_complete")
    assert "Your new password is set" in client.get(answer.headers["Location"]).text
    assert logs_in_with(NEW)


def test_mail_is_plain_and_names_the_shop(client: Client, alice: User) -> None:
    User.objects.update(name="Alice O'Neil & Co")
    link_for(client)

    [letter] = mails_sent()
    assert letter.subject == "A new password for Repairshop"
    assert letter.to == ["alice@example.com"]
    assert letter.body.startswith("Hello Alice O'Neil & Co,")


def test_link_works_once(client: Client, alice: User) -> None:
    link = link_for(client)
    set_password(client, link)

    assert "This link does not work any more" in client.get(link).text


@pytest.mark.parametrize("uid", ["MQ", "AA", "%00", "x" * 5000, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_invented_links_do_not_work(client: Client, alice: User, uid: str) -> None:
    answer = client.get(f"/accounts/reset/{uid}/abc-123/")

    assert answer.status_code == 200
    assert "This link does not work any more" in answer.text


def test_mail_goes_to_the_stored_address_only(client: Client, alice: User) -> None:
    client.post(RESET, {"email": "aliſe@example.com"})
    client.post(RESET, {"email": "alıce@example.com"})

    assert mails_sent() == []


@pytest.mark.parametrize("email", ["alice@example.com", "bob@example.com", "nobody@example.com"])
def test_reset_says_the_same_to_all(client: Client, alice: User, bob: User, email: str) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answer = client.post(RESET, {"email": email}, follow=True)

    assert "If there is an account with this address" in answer.text
    assert email not in answer.text
    assert [letter.to for letter in mails_sent()] in ([], [["alice@example.com"]])


def test_closed_accounts_get_no_mail(client: Client, alice: User) -> None:
    User.objects.update(is_active=False)
    client.post(RESET, {"email": alice.email})

    assert mails_sent() == []


@pytest.mark.parametrize("email", ["", "alice", "a\0@example.com", "x" * 10_000 + "@b.de"])
def test_reset_tells_what_is_no_address(client: Client, db: None, email: str) -> None:
    answer = client.post(RESET, {"email": email})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["email"]


def test_account_closed_after_the_mail_stays_closed(client: Client, alice: User) -> None:
    link = link_for(client)
    User.objects.update(is_active=False)
    set_password(client, link)

    assert log_in(client) == ""
    assert not logs_in_with(NEW)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_eight_resets_are_not_eight_mails(client: Client, alice: User, email: str) -> None:
    answers = [client.post(RESET, {"email": email}) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 5
    assert "asked for often enough" in answers[-1].text
    assert int(answers[-1].headers["Retry-After"]) <= 1200
    assert len(mails_sent()) <= 3


def test_others_can_ask_for_theirs_meanwhile(client: Client, alice: User, bob: User) -> None:
    for _ in range(4):
        client.post(RESET, {"email": alice.email})

    assert client.post(RESET, {"email": bob.email}).status_code == 302


def test_a_closed_account_opens_again_through_its_mailbox(client: Client, alice: User) -> None:
    deactivate_account(user=alice)
    assert not logs_in_with(PASSWORD)

    link = link_for(client)
    assert "With a new password it is open again." in str(mails_sent()[-1].body)
    answer = set_password(client, link)

    assert "Your account is open again." in client.get(answer.headers["Location"]).text
    assert logs_in_with(NEW)
    assert User.objects.get().closed_at is None
