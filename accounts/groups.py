"""The three staff groups. What they may do stands in `repairshop/permissions.py`.

The functions are those of landed migrations, from before there was that table.
"""

from collections.abc import Mapping
from typing import Any

SHOP_STAFF = "Shop staff"
WORKSHOP_STAFF = "Workshop staff"
MANAGERS = "Managers"
GROUPS = [SHOP_STAFF, WORKSHOP_STAFF, MANAGERS]

# Code names such as "change_item", by the name of the group that gets them.
Grants = Mapping[str, list[str]]


def permissions(apps: Any, app_label: str, codenames: list[str]) -> list[Any]:
    """Fetch or create permissions such as `change_item` from within a migration.

    Django creates permissions only after all migrations have run; it then leaves
    alone those which are there.
    """
    content_types = apps.get_model("contenttypes", "ContentType").objects
    found = []
    for codename in codenames:
        action, model = codename.split("_", 1)
        content_type, _ = content_types.get_or_create(app_label=app_label, model=model)
        name = f"Can {action} {apps.get_model(app_label, model)._meta.verbose_name}"
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": name}
        )
        found.append(permission)
    return found


def grant(apps: Any, app_label: str, grants: Grants) -> None:
    """Give staff groups permissions on models of one app."""
    for group, codenames in grants.items():
        row = apps.get_model("auth", "Group").objects.get(name=group)
        row.permissions.add(*permissions(apps, app_label, codenames))


def revoke(apps: Any, app_label: str, grants: Grants) -> None:
    """Take the permissions back, for the way back of a migration."""
    for row in apps.get_model("auth", "Group").objects.filter(name__in=grants):
        granted = row.permissions.filter(
            content_type__app_label=app_label, codename__in=grants[row.name]
        )
        row.permissions.remove(*granted)
