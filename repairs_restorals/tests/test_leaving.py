"""A colleague who leaves is asked about: somebody else gets the open work, or nobody."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.admin.versions import version_of
from accounts.groups import WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import make_staff
from repairs_restorals.models import Status, Task
from repairs_restorals.tests.factories import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def nick(db: None) -> User:
    return make_staff("nick@example.com", group=WORKSHOP_STAFF)


def save(client: Client, person: User, **fields: Any) -> Any:
    workshop = Group.objects.get(name=WORKSHOP_STAFF).pk
    form = {"email": person.email, "name": person.name, "groups": [workshop]}
    form["version"] = version_of(person)
    lines = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}
    address = reverse("admin:accounts_user_change", args=[person.pk])
    return client.post(address, {**form, **lines, **fields}, follow=True)


@pytest.mark.parametrize("to_nobody", [False, True])
def test_who_leaves_hands_over(
    admin_client: Client, admin_user: User, wren: User, nick: User, to_nobody: bool
) -> None:
    mine, done = make_ticket(assignee=wren), make_ticket(assignee=wren, status=Status.COLLECTED)
    task = Task.objects.create(title="Order strings", assignee=wren)

    refused = save(admin_client, wren, is_staff="on")
    assert list(refused.context["adminform"].form.errors) == ["work_goes_to"]
    assert "2 tickets and tasks" in refused.content.decode()

    taker = "nobody" if to_nobody else str(nick.pk)
    save(admin_client, wren, is_staff="on", work_goes_to=taker)

    for row in (mine, done, task, wren):
        row.refresh_from_db()
    assert not wren.is_active
    assert mine.assignee == (None if to_nobody else nick)
    assert done.assignee == wren
    assert task.assignee == (admin_user if to_nobody else nick)
    assert mine.events.latest("pk").kind == "assigned"


def test_who_has_nothing_open_just_leaves(admin_client: Client, wren: User) -> None:
    save(admin_client, wren, is_staff="on")

    wren.refresh_from_db()
    assert not wren.is_active


def test_a_group_without_staff_status_is_named(admin_client: Client, wren: User) -> None:
    answer = save(admin_client, wren, is_active="on")

    assert "does not get in" in answer.content.decode()
