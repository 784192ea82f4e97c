"""Mails have become an app of their own; who may see them, and what was done with them, stays."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client

from accounts.models import User
from mail.models import Mail, Wording

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0005_mails_move_out")


@pytest.fixture
def before() -> ContentType:
    """What the version before calls a mail."""
    return ContentType.objects.get(app_label="accounts", model="mail")


def rights(thing: Any) -> set[str]:
    names = thing.permissions if isinstance(thing, Group) else thing.user_permissions
    found = names.filter(content_type__model__in=["mail", "wording"])
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def test_the_rows_stay_where_they_are() -> None:
    assert {Mail._meta.db_table, Wording._meta.db_table} == {"accounts_mail", "accounts_wording"}
    assert "mail_mail" not in connection.introspection.table_names()


def test_rights_that_an_owner_gave_are_carried_over(before: ContentType, bob: User) -> None:
    own = Group.objects.create(name="Post room")
    own.permissions.add(Permission.objects.get(content_type=before, codename="delete_mail"))
    bob.user_permissions.add(Permission.objects.get(content_type=before, codename="view_mail"))

    migration.move_out(apps, None)

    assert rights(own) == {"accounts.delete_mail", "mail.delete_mail"}
    assert rights(bob) == {"accounts.view_mail", "mail.view_mail"}


def test_the_version_before_finds_its_rights_again(before: ContentType) -> None:
    own = Group.objects.create(name="Post room")
    own.permissions.add(
        Permission.objects.get(codename="view_mail", content_type__app_label="mail")
    )

    migration.move_back(apps, None)

    assert rights(own) == {"accounts.view_mail"}


def test_history_goes_with_its_mail(before: ContentType, wren: User) -> None:
    LogEntry.objects.create(user=wren, content_type=before, object_id="1", action_flag=CHANGE)

    migration.move_out(apps, None)

    assert LogEntry.objects.get().content_type == ContentType.objects.get_for_model(Mail)


def test_addresses_that_staff_have_kept_lead_on(wren: User, client: Client) -> None:
    client.force_login(wren)
    answer = client.get("/admin/accounts/mail/?state__exact=failed", follow=True)

    assert answer.redirect_chain[0][0] == "/admin/mail/mail/?state__exact=failed"
    assert answer.status_code == 200
