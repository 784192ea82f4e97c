"""The three staff groups. Each app's migrations grant the permissions on its own models."""

from typing import Any

SHOP_STAFF = "Shop staff"
WORKSHOP_STAFF = "Workshop staff"
MANAGERS = "Managers"
GROUPS = [SHOP_STAFF, WORKSHOP_STAFF, MANAGERS]


def permissions(apps: Any, app_label: str, *codenames: str) -> list[Any]:
    """Fetch or create permissions such as `change_item` from within a migration.

    Django creates permissions only after all migrations have run.
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


def grant(apps: Any, group: str, app_label: str, *codenames: str) -> None:
    """Give a staff group permissions on models of one app."""
    row, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    row.permissions.add(*permissions(apps, app_label, *codenames))


def revoke(apps: Any, group: str, app_label: str, *codenames: str) -> None:
    """Take the permissions back, for the way back of a migration."""
    row, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    row.permissions.remove(*permissions(apps, app_label, *codenames))
