"""What is changed about people, and by whom: asked again after a while."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.admin.versions import version_of
from accounts.confirmation import CONFIRMED
from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent, make_staff
from accounts.tests.factors import make_app

pytestmark = pytest.mark.django_db
CONFIRM = reverse("accounts:confirm")


@pytest.fixture
def boss(client: Client) -> Client:
    """A manager whose log-in was a while ago."""
    user = make_staff("mia@example.com", group=MANAGERS)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    client.force_login(user)
    wait(client)
    return client


def wait(client: Client) -> None:
    session: Any = client.session
    session[CONFIRMED] -= 16 * 60
    session.save()


def change(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_a_form_waits_for_the_password_and_goes_on(boss: Client, alice: User) -> None:
    form = {"email": "new@example.com", "name": "Alice", "is_active": "on"}
    form["version"] = version_of(alice)
    counts = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
    asked = boss.post(change(alice), {**form, **counts}, follow=True)
    assert asked.request["PATH_INFO"] == CONFIRM
    assert not User.objects.filter(email="new@example.com").exists()

    to = {"next": asked.context["next"]}
    wrong = boss.post(CONFIRM, {"password": "wrong", **to})
    assert "This is not your password" in wrong.text
    before = boss.session.session_key
    page = boss.post(CONFIRM, {"password": PASSWORD, **to}, follow=True)

    assert page.request["PATH_INFO"] == reverse("resend")
    assert boss.session.session_key != before
    sent = {field.name: field.value for field in page.context["sent"].fields}
    boss.post(page.context["sent"].path, sent)
    assert User.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize("page", ["change", "delete", "password", "list", "add", "group"])
def test_nothing_about_people_is_changed_without(boss: Client, alice: User, page: str) -> None:
    group = Group.objects.first()
    assert group
    address = {
        "change": change(alice),
        "delete": reverse("admin:accounts_user_delete", args=[alice.pk]),
        "password": reverse("admin:auth_user_password_change", args=[alice.pk]),
        "list": reverse("admin:accounts_user_changelist"),
        "add": reverse("admin:accounts_user_add"),
        "group": reverse("admin:auth_group_change", args=[group.pk]),
    }[page]
    sent = {"post": "yes", "action": "delete_selected", "_selected_action": [alice.pk]}

    answer = boss.post(address, sent)

    assert answer.headers["Location"].startswith(CONFIRM)
    assert User.objects.filter(pk=alice.pk).exists()
    assert not mails_sent()


def test_second_factors_wait_too(client: Client, alice: User) -> None:
    client.force_login(alice)
    app = make_app(alice)
    wait(client)

    pages = [
        client.get(reverse("accounts:factor-setup")),
        client.post(reverse("accounts:factors"), {"factor": app.persistent_id}),
        client.post(reverse("accounts:recovery-codes")),
        client.post(reverse("accounts:passkey-add")),
    ]

    assert all(page.headers["Location"].startswith(CONFIRM) for page in pages)


def test_guesses_count_as_those_of_a_log_in(boss: Client) -> None:
    statuses = [boss.post(CONFIRM, {"password": f"wrong {n}"}).status_code for n in range(6)]

    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_it_leads_to_no_other_site(boss: Client) -> None:
    sent = {"password": PASSWORD, "next": "https://elsewhere.example.com/"}

    assert boss.post(CONFIRM, sent).headers["Location"] == "/admin/"
