"""A colleague is let in by one form: name, address and role."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS, SHOP_STAFF
from accounts.log_entries import SecurityLogEntry
from accounts.models import User
from accounts.tests.factories import mails_sent, make_staff
from accounts.tests.test_user_admin import ADD, OTHER, choose_password, client_of, groups_of, page

pytestmark = pytest.mark.django_db
FROM_DESK = f"{ADD}?then=desk"


@pytest.fixture
def manager() -> Client:
    return client_of(make_staff("mia@example.com", group=MANAGERS))


def zoe(role: str = "") -> dict[str, str]:
    chosen = str(Group.objects.get(name=role).pk) if role else ""
    return {"email": "zoe@example.com", "name": "Zoe", "role": chosen}


def test_one_form_lets_a_colleague_in(manager: Client) -> None:
    answer = manager.post(FROM_DESK, zoe(SHOP_STAFF), follow=True)

    assert answer.redirect_chain == [("/admin/", 302)]
    assert "Zoe works here now." in answer.text
    assert "A mail with a link to choose a password goes to zoe@example.com." in answer.text
    colleague = User.objects.get(email="zoe@example.com")
    assert (colleague.is_staff, groups_of(colleague)) == (True, {SHOP_STAFF})
    choose_password(mails_sent()[-1].body)
    colleague.refresh_from_db()
    assert client_of(colleague).get("/admin/").status_code == 200
    told = SecurityLogEntry.objects.get(event="rights_changed")
    assert (told.user, told.about) == (colleague, "Shop staff, by mia@example.com")


def test_from_the_desk_a_role_is_asked_for(manager: Client) -> None:
    asked = manager.get(FROM_DESK).text
    assert "<h1>Let a colleague in</h1>" in asked
    assert "edit more user options" not in asked
    assert "None: a customer" not in asked
    answer = manager.post(FROM_DESK, zoe())

    assert list(answer.context["adminform"].form.errors) == ["role"]
    assert 'value="zoe@example.com"' in answer.text
    assert not SecurityLogEntry.objects.filter(event="access_refused").exists()


def test_elsewhere_a_person_without_one_is_a_customer(manager: Client) -> None:
    assert "None: a customer" in manager.get(ADD).text
    answer = manager.post(ADD, zoe())

    customer = User.objects.get(email="zoe@example.com")
    assert answer["Location"] == page(customer)
    assert not customer.is_staff


def test_nobody_gives_a_role_that_may_more_than_they() -> None:
    tess = make_staff("tess@example.com", group=SHOP_STAFF)
    may = ["view_user", "change_user", "add_user"]
    Group.objects.get(name=SHOP_STAFF).permissions.add(*Permission.objects.filter(codename__in=may))
    client = client_of(tess)
    offered = re.findall(r'name="role" value="(\d+)"', client.get(FROM_DESK).text)
    assert offered == [str(Group.objects.get(name=SHOP_STAFF).pk)]

    answer = client.post(FROM_DESK, zoe(MANAGERS))

    assert "role" in answer.context["adminform"].form.errors
    assert not User.objects.filter(email="zoe@example.com").exists()
    assert SecurityLogEntry.objects.get(event="access_refused").about == "role"


def test_it_asks_for_the_password_again(manager: Client) -> None:
    session = manager.session
    session[CONFIRMED] = 0
    session.save()

    assert "/accounts/confirm/" in manager.post(FROM_DESK, zoe(SHOP_STAFF))["Location"]
    assert not User.objects.filter(email="zoe@example.com").exists()


def test_who_has_an_account_is_found_instead(manager: Client, alice: User) -> None:
    answer = manager.post(FROM_DESK, {**zoe(SHOP_STAFF), "email": "ALICE@example.com"})

    assert f'<a href="{page(alice)}">Give them a role there</a>' in answer.text


@pytest.mark.parametrize("backend", ["EmailBackend", "ConsoleBackend"])
def test_without_a_mail_server_the_link_is_handed_over(
    manager: Client, settings: Settings, backend: str
) -> None:
    settings.EMAIL_BACKEND = f"mail.unsent.{backend}"
    answer = manager.post(FROM_DESK, zoe(SHOP_STAFF))

    assert answer.status_code == 200
    assert "A mail with a link" not in answer.text
    link = re.search(r'id="handed-link" href="([^"]+)"', answer.text)
    assert link
    choose_password(link[1])
    colleague = User.objects.get(email="zoe@example.com")
    assert colleague.check_password(OTHER)
    # Nothing was mailed, so nobody has shown that the address is theirs.
    assert not colleague.is_checked
    # It was shown once: neither kept as a message nor on any page.
    assert "/accounts/reset/" not in manager.get("/admin/").text


def test_of_a_customer_no_link_is_handed_over(manager: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "mail.unsent.EmailBackend"
    answer = manager.post(ADD, zoe(), follow=True)

    assert "no link to choose a password goes to zoe@example.com" in answer.text
    assert "handed-link" not in answer.text
