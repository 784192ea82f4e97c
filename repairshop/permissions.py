"""What each staff group may do, of all apps: one table.

A permission is given to its groups at the moment it comes into being, by the `migrate` that makes
it. What an owner takes from a group or gives to it later, no deploy undoes. The rights of
permissions that were there before this table came from migrations, which say the same.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import transaction

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF

ALL = "add change delete view"


def may(actions: str, app: str, models: str) -> list[str]:
    return [f"{app}.{action}_{model}" for model in models.split() for action in actions.split()]


STAFF = [
    *may("view", "accounts", "user customer"),
    *may("view change", "mail", "mail"),
    *may("view", "store", "category item itemimage piece pieceevent order orderline orderevent"),
    *may("view", "bag", "hold"),
    *may("view", "invoices", "invoice invoiceline invoiceevent payment paymentattempt refund"),
    *may("view change", "invoices", "withdrawal"),
]
SHOP = [
    *STAFF,
    *may(ALL, "store", "category item itemimage piece"),
    *may("change", "store", "order"),
    *may("view", "store", "shopprofile shippingzone"),
    *may("view change", "store", "question"),
    *may("change", "bag", "hold"),
    *may("view change", "bag", "shippingrequest"),
    *may("change", "invoices", "invoice"),
    *may("add", "invoices", "payment"),
    # Who has the drawer in sight counts it, and signs.
    *may("add view", "invoices", "dayclose cashmovement"),
    # Whoever minds the shop takes things in and hands them out. What is written and photographed
    # of them is between customer and workshop.
    *may("add view hand_out", "repairs_restorals", "serviceticket"),
]
WORKSHOP = [
    *STAFF,
    *may("add change view hand_out", "repairs_restorals", "serviceticket"),
    *may("view", "repairs_restorals", "ticketevent ticketimage ticketmessage"),
    *may("view", "repairs_restorals", "quote quoteline workshop"),
    *may(ALL, "repairs_restorals", "beforeafter task"),
    # Of tickets, such as a deposit.
    *may("add", "invoices", "payment"),
]
MANAGEMENT = [
    *SHOP,
    *WORKSHOP,
    *may("add change", "accounts", "user customer"),
    *may("view", "accounts", "securitylogentry"),
    *may("view change", "accounts", "retentionperiod"),
    *may("delete", "mail", "mail"),
    *may("view change", "mail", "wording"),
    *may("change", "store", "shopprofile"),
    *may("add change delete", "store", "shippingzone"),
    *may("delete", "store", "question"),
    *may("delete", "bag", "shippingrequest"),
    *may("change", "repairs_restorals", "workshop"),
    *may("assign", "repairs_restorals", "task"),
    *may("add", "invoices", "refund"),
    *may("view", "invoices", "stripeevent"),
    *may("view", "repairshop", "heartbeat"),
    *may("view delete", "repairshop", "fault"),
]
RIGHTS = {SHOP_STAFF: SHOP, WORKSHOP_STAFF: WORKSHOP, MANAGERS: MANAGEMENT}


def grant_new_permissions(
    sender: AppConfig, using: str, apps: Any = installed, **kwargs: Any
) -> None:
    """Let Django make what permissions an app lacks, and give these to their groups.

    Listens to `post_migrate`. In one transaction, so that none is ever there but not given.
    """
    if "auth" not in apps.app_configs:
        # Not so far yet, such as when one app is migrated alone.
        return
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    groups = apps.get_model("auth", "Group").objects.using(using)
    of_app = permissions.filter(content_type__app_label=sender.label)
    with transaction.atomic(using=using):
        before = list(of_app.values_list("pk", flat=True))
        create_permissions(sender, using=using, apps=apps, verbosity=0)
        new = {f"{sender.label}.{made.codename}": made for made in of_app.exclude(pk__in=before)}
        for group in groups.filter(name__in=RIGHTS):
            group.permissions.add(*(new[name] for name in RIGHTS[group.name] if name in new))
