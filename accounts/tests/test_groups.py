from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.groups import GROUPS, MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

migration = import_module("accounts.migrations.0002_staff_groups")


def rights(group: str) -> set[str]:
    """The group's rights on people."""
    people = ["user", "customer"]
    granted = Permission.objects.filter(group__name=group, content_type__model__in=people)
    return set(granted.values_list("codename", flat=True))


def test_groups_and_their_rights_come_from_the_migration(db: None) -> None:
    assert rights(SHOP_STAFF) == rights(WORKSHOP_STAFF) == {"view_user", "view_customer"}
    assert rights(MANAGERS) == rights(SHOP_STAFF) | {
        "add_user",
        "change_user",
        "add_customer",
        "change_customer",
    }


def test_permissions_are_those_of_django_and_there_once(db: None) -> None:
    people = Q(content_type__app_label="accounts", content_type__model__in=["user", "customer"])
    mails = Q(content_type__app_label="mail")
    names = Permission.objects.filter(people | mails).values_list("name")
    assert len(names) == len(set(names)) == 16
    assert ("Can view customer",) in names


def test_running_it_again_doubles_nothing(db: None) -> None:
    before = Permission.objects.count()
    migration.create_groups(apps, None)

    assert Permission.objects.count() == before
    assert Group.objects.count() == len(GROUPS)


def test_there_and_back(db: None) -> None:
    migration.delete_groups(apps, None)
    assert not Group.objects.exists()

    migration.create_groups(apps, None)
    assert "change_user" in rights(MANAGERS)


def test_missing_permissions_are_created(db: None) -> None:
    before: Any = set(Permission.objects.values_list("content_type", "codename"))
    Permission.objects.all().delete()
    migration.create_groups(apps, None)

    assert set(Permission.objects.values_list("content_type", "codename")) < before
    assert "view_user" in rights(SHOP_STAFF)


def test_taking_back_leaves_the_rest(db: None) -> None:
    grant(apps, "accounts", {SHOP_STAFF: ["change_customer"]})
    revoke(apps, "accounts", {SHOP_STAFF: ["view_user"]})

    assert rights(SHOP_STAFF) == {"view_customer", "change_customer"}
