"""What each staff group may do, over all apps, as the table says and `migrate` leaves it."""

from collections import Counter
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal
from django.db.models import Q

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF
from repairshop.permissions import RIGHTS

MIGRATIONS = [
    "store.migrations.0003_staff_permissions",
    "store.migrations.0006_history_permissions",
    "bag.migrations.0002_staff_permissions",
    "invoices.migrations.0002_staff_permissions",
    "invoices.migrations.0005_workshop_staff_permissions",
    "repairs_restorals.migrations.0002_staff_permissions",
    "repairshop.migrations.0002_staff_permissions",
]


# Those of the app that mails have left are asked for by the version before.
LEFT = Q(content_type__app_label="accounts", content_type__model__in=["mail", "wording"])


TABLE = {group: set(names) for group, names in RIGHTS.items()}


def rights(group: str) -> set[str]:
    granted = Permission.objects.filter(group__name=group)
    return set(granted.values_list("codename", flat=True))


def test_shop_staff_run_the_shop(db: None) -> None:
    mine = rights(SHOP_STAFF)
    for model in ("category", "item", "itemimage", "piece"):
        assert {f"{verb}_{model}" for verb in ("add", "change", "delete", "view")} <= mine
    assert {"view_order", "change_order", "view_invoice", "view_shopprofile"} <= mine
    assert {"view_hold", "change_hold", "view_pieceevent"} <= mine
    assert not {"add_order", "delete_order", "change_shopprofile", "change_user"} & mine


def test_workshop_staff_run_the_workshop_and_look_at_the_rest(db: None) -> None:
    mine = rights(WORKSHOP_STAFF)
    assert {"view_item", "view_piece", "view_customer", "view_order"} <= mine
    assert {"view_invoice", "view_invoiceline", "change_serviceticket", "add_task"} <= mine
    changing = {codename for codename in mine if not codename.startswith("view_")}
    theirs = ("serviceticket", "beforeafter", "task", "mail", "withdrawal", "add_payment")
    assert [codename for codename in changing if not codename.endswith(theirs)] == []
    assert not {"delete_serviceticket", "change_workshop"} & mine


def test_managers_may_all_that_others_may_and_more(db: None) -> None:
    more = rights(MANAGERS) - rights(SHOP_STAFF) - rights(WORKSHOP_STAFF)
    people = {"add_user", "change_user", "add_customer", "change_customer", "view_securitylogentry"}
    assert rights(SHOP_STAFF) | rights(WORKSHOP_STAFF) < rights(MANAGERS)
    workshop = {"change_workshop", "assign_task"}
    money = {"add_refund", "view_stripeevent"}
    mails = {"delete_mail", "view_wording", "change_wording"}
    shop = {"change_shopprofile", "view_heartbeat", "delete_question"}
    shop |= {"view_fault", "delete_fault"}
    shop |= {"view_retentionperiod", "change_retentionperiod", "delete_shippingrequest"}
    shop |= {"add_shippingzone", "change_shippingzone", "delete_shippingzone"}
    assert more == {*people, *workshop, *money, *mails, *shop}


def names(group: str) -> set[str]:
    """The group's rights with their apps, but for those of apps that have moved out."""
    held = Permission.objects.filter(group__name=group).exclude(LEFT)
    pairs = held.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in pairs}


def test_the_table_says_what_groups_may_do(db: None) -> None:
    assert {group: names(group) for group in RIGHTS} == TABLE


def test_a_new_permission_goes_to_its_groups(db: None) -> None:
    Permission.objects.filter(codename__in=["view_pieceevent", "change_task"]).delete()
    emit_post_migrate_signal(0, interactive=False, db="default")

    assert {group: names(group) for group in RIGHTS} == TABLE


def test_what_an_owner_decided_about_a_group_stays(db: None) -> None:
    staff = Group.objects.get(name=SHOP_STAFF)
    taken = staff.permissions.get(codename="change_order")
    given = Permission.objects.get(codename="change_shopprofile")
    staff.permissions.remove(taken)
    staff.permissions.add(given)
    emit_post_migrate_signal(0, interactive=False, db="default")

    assert not staff.permissions.contains(taken)
    assert staff.permissions.contains(given)


def test_no_permission_is_there_twice(db: None) -> None:
    rows = Permission.objects.exclude(LEFT).values_list("content_type__model", "codename")
    assert max(Counter(rows).values()) == 1


@pytest.mark.parametrize("name", MIGRATIONS)
def test_migrations_go_back_and_forth(db: None, name: str) -> None:
    migration = import_module(name)
    before = {group.name: rights(group.name) for group in Group.objects.all()}

    migration.take_back(apps, None)
    for group, granted in migration.GRANTS.items():
        assert rights(group) == before[group] - set(granted)

    for _ in range(2):
        migration.give(apps, None)
    assert {group.name: rights(group.name) for group in Group.objects.all()} == before
