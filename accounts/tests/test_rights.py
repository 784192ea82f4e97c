"""Who may change people gives no more than they have, and leaves alone who has more."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF
from accounts.log_entries import SecurityLogEntry
from accounts.models import User
from accounts.tests.factories import make_staff
from accounts.tests.test_user_admin import client_of, groups_of, password_page, save

pytestmark = pytest.mark.django_db
SHORT, LONG = "eleven-wide", "thirteen-wide"


@pytest.fixture
def tess(db: None) -> User:
    """One of the shop's staff who may change people as well, which the owner gave her."""
    tess = make_staff("tess@example.com", group=SHOP_STAFF)
    for codename in ("view_user", "change_user", "add_user", "change_customer"):
        Group.objects.get(name=SHOP_STAFF).permissions.add(
            Permission.objects.get(codename=codename)
        )
    return tess


def ask_for(client: Client, user: User, *names: str) -> Any:
    groups = [Group.objects.get(name=name).pk for name in names]
    return save(client, user, groups=groups, is_staff="on")


def test_nobody_gives_more_than_they_have(tess: User, alice: User) -> None:
    client = client_of(tess)
    for whom in (alice, tess):
        for name in (MANAGERS, WORKSHOP_STAFF):
            answer = ask_for(client, whom, name)
            assert "groups" in answer.context["adminform"].form.errors
    ask_for(client, alice, SHOP_STAFF)

    assert groups_of(alice) == groups_of(tess) == {SHOP_STAFF}
    told = SecurityLogEntry.objects.filter(event="access_refused", about="groups")
    assert told.count() == 4


def test_who_has_more_is_left_alone(tess: User, sam: User, wren: User) -> None:
    client = client_of(tess)
    mia = make_staff("mia@example.com", group=MANAGERS)
    for whom in (mia, wren):
        assert save(client, whom, email="mine@example.com").status_code == 403
        assert client.post(password_page(whom)).status_code == 403

    assert save(client, sam, name="Samuel").status_code == 302
    assert not User.objects.filter(email="mine@example.com").exists()


@pytest.mark.parametrize(("password", "is_taken"), [(SHORT, False), (LONG, True)])
def test_a_superuser_needs_a_password_of_staff(
    monkeypatch: pytest.MonkeyPatch, password: str, *, is_taken: bool
) -> None:
    named = {"email": "root@example.com", "name": "Root"}
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    try:
        call_command("createsuperuser", interactive=False, **named)
    except CommandError as problem:
        assert "12" in str(problem)  # noqa: PT017 (either may happen)

    assert User.objects.filter(is_superuser=True).exists() is is_taken


def test_a_superuser_is_asked_again_for_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([SHORT, SHORT, LONG, LONG])
    monkeypatch.setattr(createsuperuser.getpass, "getpass", lambda *args: next(typed))
    monkeypatch.setattr("builtins.input", lambda *args: "n")
    said = StringIO()
    named = {"email": "root@example.com", "name": "Root"}
    call_command("createsuperuser", stderr=said, stdin=Tty(), **named)

    assert "12" in said.getvalue()
    assert User.objects.get().check_password(LONG)


class Tty(StringIO):
    def isatty(self) -> bool:
        return True
