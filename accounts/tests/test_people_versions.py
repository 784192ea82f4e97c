"""A person's form that was opened before the person changed puts nothing back."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.admin.versions import version_of
from accounts.groups import MANAGERS
from accounts.models import AddressChange, Customer, SecurityLogEntry, User
from accounts.services import deactivate_account, reopen_account
from accounts.tests.factories import PASSWORD, link_in_mail, make_staff
from accounts.tests.test_user_admin import act, page, save
from tests.crowd import just_before

pytestmark = pytest.mark.django_db
MOVED = "This person has changed since you opened the page"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_staff("mia@example.com", group=MANAGERS))
    return client


def opened(client: Client, user: User) -> str:
    """Which version a page that somebody opens knows."""
    form = client.get(page(user)).context["adminform"].form
    return str(form["version"].value())


def test_what_its_owner_has_closed_a_stale_form_does_not_open(manager: Client, alice: User) -> None:
    before = opened(manager, alice)
    deactivate_account(user=alice)
    answer = save(manager, alice, version=before, name="Alicia")

    assert MOVED in answer.text
    assert "the account is closed" in answer.text
    assert 'value="Alicia"' in answer.text
    alice.refresh_from_db()
    assert not alice.is_active
    shown = str(answer.context["adminform"].form["version"].value())
    assert save(manager, alice, version=shown, name="Alicia").status_code == 302


def test_a_stale_form_takes_no_new_address_back(manager: Client, alice: User) -> None:
    before, old = opened(manager, alice), alice.email
    User.objects.filter(pk=alice.pk).update(email="new@example.com")

    assert "the address is new@example.com" in save(manager, alice, version=before, email=old).text
    assert User.objects.filter(email="new@example.com").exists()


def test_a_link_that_waits_takes_no_address_back_from_whom_staff_rescue(
    manager: Client, alice: User
) -> None:
    thief, rescued = Client(), "rescued@example.com"
    thief.force_login(alice)
    thief.post(reverse("accounts:email"), {"email": "thief@example.com", "password": PASSWORD})
    link = link_in_mail()
    rescue = partial(save, manager, alice, email=rescued)

    with just_before("SAVEPOINT", rescue):
        answer = thief.post(link)

    assert "does not work any more" in answer.text
    assert AddressChange.objects.get().new == rescued
    alice.refresh_from_db()
    assert (alice.email, alice.new_email, alice.is_checked) == (rescued, "", False)


def test_what_the_page_shows_of_a_person_is_of_the_version(alice: User) -> None:
    seen = {version_of(alice)}
    Customer.objects.filter(user=alice).update(phone="030 555777")
    seen.add(version_of(alice))
    alice.is_staff = True
    seen.add(version_of(alice))

    assert len(seen) == 3


def test_staff_close_for_good_what_its_owner_has_closed(manager: Client, alice: User) -> None:
    assert act("close", alice) not in manager.get(page(alice)).text
    deactivate_account(user=alice)
    assert act("close", alice) in manager.get(page(alice)).text
    assert "may open it again by a link" in manager.get(act("close", alice)).text

    answer = manager.post(act("close", alice), follow=True)

    assert "stays closed" in answer.text
    assert not reopen_account(user=alice)
    assert SecurityLogEntry.objects.filter(event="rights_changed", user=alice).exists()
