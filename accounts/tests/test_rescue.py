"""Staff give an account back to its owner, and it stays there."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.checks import undo_token
from accounts.groups import MANAGERS
from accounts.models import AddressChange, KnownBrowser, User
from accounts.tests.factories import PASSWORD, link_in_mail, mails_sent, make_staff
from accounts.tests.test_checked_addresses import change
from accounts.tests.test_login import PROFILE, log_in
from accounts.tests.test_passwords import NEW, TWICE
from accounts.tests.test_user_admin import save

pytestmark = pytest.mark.django_db
ALICE, OLD, THIEF = "alice@example.com", "old@example.com", "thief@example.com"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mia@example.com", group=MANAGERS))
    return client


def steal(user: User, *to: str) -> list[str]:
    """Give an account such addresses, as who knows its password; return the links to undo it."""
    thief, links = Client(), []
    thief.force_login(user)
    for address in to:
        change(thief, address)
        links.append(link_in_mail())
    user.refresh_from_db()
    return links


def give(manager: Client, user: User, email: str) -> dict[str, str]:
    """Let staff write down an address; return what is mailed then, by where it goes."""
    before = len(mails_sent())
    assert save(manager, user, email=email).status_code == 302
    user.refresh_from_db()
    assert user.email == email
    return {letter.to[0]: str(letter.body) for letter in mails_sent()[before:]}


def choose(letter: str) -> None:
    found = re.search(r"http://testserver(/accounts/\S+)", letter)
    assert found
    owner = Client()
    page = owner.get(found[1], follow=True)
    assert owner.post(page.request["PATH_INFO"], TWICE).status_code == 302


def test_what_staff_take_from_a_thief_no_link_takes_back(manager: Client, alice: User) -> None:
    links = steal(alice, THIEF, "other@example.com")
    KnownBrowser.objects.create(user=alice, digest="0" * 64, seen_at=timezone.now())

    told = give(manager, alice, ALICE)

    assert "/undo/" not in told["other@example.com"]
    assert "Alice" not in told["other@example.com"]
    for link in links:
        assert "the shop has changed the address since" in Client().post(link).text
    assert User.objects.get(pk=alice.pk).email == ALICE
    assert log_in(Client()) == ""
    assert not KnownBrowser.objects.exists()
    choose(told[ALICE])
    alice.refresh_from_db()
    assert alice.is_checked
    assert alice.check_password(NEW)


def test_staff_are_told_that_a_password_is_to_be_chosen(manager: Client, alice: User) -> None:
    steal(alice, THIEF)

    page = manager.get(save(manager, alice, email=ALICE).headers["Location"])

    assert f"A mail with a link to choose a password goes to {ALICE}." in page.text


@pytest.mark.parametrize(
    ("days", "to", "undoes"),
    [(181, "new@example.com", True), (179, "new@example.com", False), (181, OLD, False)],
)
def test_an_address_takes_a_change_back_that_was_the_accounts_for_long(
    manager: Client, alice: User, days: int, to: str, *, undoes: bool
) -> None:
    """Unless it goes back to the one before, however long ago that was."""
    AddressChange.objects.create(user=alice, old=OLD, new=ALICE)
    AddressChange.objects.update(at=timezone.now() - timedelta(days=days))

    told = give(manager, alice, to)

    assert ("/undo/" in told[ALICE]) is undoes
    assert alice.check_password(PASSWORD) is undoes
    assert ("/accounts/check/" in told[to]) is undoes


def test_a_lost_mailbox_takes_the_account_once(manager: Client, alice: User) -> None:
    """Whose the old mailbox is, staff do not know; they do when its owner comes once more."""
    new = "new@example.com"
    undo = re.search(r"/accounts/email/undo/\S+", give(manager, alice, new)[ALICE])
    assert undo
    before = len(mails_sent())
    Client().post(undo[0])

    letters = {letter.to[0]: str(letter.body) for letter in mails_sent()[before:]}
    assert f"belongs to the address {ALICE}" in letters[new]
    assert "/undo/" not in letters[new]
    alice.refresh_from_db()
    assert "/undo/" not in give(manager, alice, new)[ALICE]
    assert "does not work any more" in Client().post(undo[0]).text


def test_whom_staff_took_for_the_owner_they_put_out_again(manager: Client, alice: User) -> None:
    give(manager, alice, THIEF)
    Client().post(reverse("accounts:password_reset"), {"email": THIEF})
    choose(str(mails_sent()[-1].body))

    told = give(manager, alice, ALICE)

    assert "/undo/" not in told[THIEF]
    assert not User.objects.get(pk=alice.pk).has_usable_password()
    choose(told[ALICE])


def test_a_slip_of_staff_costs_no_password(manager: Client, alice: User) -> None:
    """Nobody has shown to read what they had typed first."""
    give(manager, alice, "typo@example.com")

    told = give(manager, alice, "new@example.com")

    assert "/undo/" not in told["typo@example.com"]
    assert "/accounts/check/" in told["new@example.com"]
    assert log_in(Client(), "new@example.com") == PROFILE


def test_the_password_stays_where_no_link_is_mailed(
    manager: Client, alice: User, settings: Settings
) -> None:
    steal(alice, THIEF)
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"

    save(manager, alice, email=ALICE)

    alice.refresh_from_db()
    assert (alice.email, alice.check_password(PASSWORD)) == (ALICE, True)
    assert not AddressChange.objects.filter(undone_at=None, old=ALICE).exists()


def test_who_changes_their_own_address_in_the_admin_stays_in() -> None:
    mia = make_staff("mia@example.com", group=MANAGERS)
    same = Client()
    same.force_login(mia)
    change(same, THIEF)

    told = give(same, mia, "other@example.com")

    assert "/undo/" not in told[THIEF]
    assert same.get(reverse("admin:index")).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("by_staff", [True, False])
def test_of_whoever_works_here_no_link_undoes_a_change(
    manager: Client, wren: User, by_staff: bool
) -> None:
    """Whoever reads the old mailbox would get into the admin, past the second factor."""
    before = wren.email
    if by_staff:
        told = give(manager, wren, OLD)
    else:
        worker, sent = Client(), len(mails_sent())
        worker.force_login(wren)
        change(worker, OLD)
        told = {letter.to[0]: str(letter.body) for letter in mails_sent()[sent:]}

    assert "tell us at once" in told[before]
    assert "/undo/" not in told[before]
    link = reverse("accounts:email-undo", args=[undo_token(AddressChange.objects.get())])
    for answer in (Client().get(link), Client().post(link)):
        assert "does not work any more" in answer.text
    assert User.objects.get(pk=wren.pk).email == OLD
