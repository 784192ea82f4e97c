"""The lists of the admin, in the order of the work and in its words."""

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# What each group holds, as "app.model", with the word for it where the model's own is another.
GROUPS: list[tuple[Promise, dict[str, Promise | str]]] = [
    (
        _("Sell"),
        {
            "store.order": "",
            "store.question": _("Questions about things"),
            "bag.shippingrequest": _("Shipping on request"),
            "bag.hold": _("Held and reserved"),
            "invoices.withdrawal": _("Withdrawals from contracts"),
            "store.item": _("Things"),
            "store.piece": _("Pieces in stock"),
            "store.category": "",
            "store.binneditem": _("Bin: deleted things"),
        },
    ),
    (
        _("Mend"),
        {
            "repairs_restorals.serviceticket": "",
            "repairs_restorals.task": "",
            "repairs_restorals.beforeafter": "",
            "repairs_restorals.workshop": _("The workshop’s own page and prices"),
        },
    ),
    (
        _("Money"),
        {
            "invoices.invoice": "",
            "invoices.dayclose": _("Day closes of the drawer"),
            "invoices.paymentattempt": "",
            "invoices.refund": _("Refunds to cards"),
        },
    ),
    (
        _("People and mails"),
        {
            "accounts.user": _("People"),
            "auth.group": _("What colleagues may do"),
            "mail.mail": "",
            "mail.wording": "",
        },
    ),
    (
        _("Run the shop"),
        {
            "store.shopprofile": _("Name, address, bank, tax, legal texts"),
            "store.shippingzone": _("Shipping zones and prices"),
            "accounts.retentionperiod": _("How long data is kept"),
            "accounts.securitylogentry": "",
        },
    ),
]
REST = _("Everything else")
# What the machine writes down, read by whoever runs it when something is wrong.
MACHINERY: dict[str, Promise | str] = {
    "repairshop.heartbeat": _("Timer"),
    "invoices.stripeevent": "",
    "repairshop.fault": "",
    "axes.accessattempt": _("Log-ins that failed, by account"),
    "axes.accessfailurelog": _("Log-ins that failed, one by one"),
    "axes.accesslog": _("Log-ins"),
}
# What is written down by the button of a list that says more than the model's name.
ADDING = {
    "accounts.user": _("Add a colleague or customer"),
    "auth.group": _("Add a role"),
    "repairs_restorals.beforeafter": _("Show a repair: before and after"),
    "repairs_restorals.task": _("Add a task"),
    "store.category": _("Add a category"),
    "store.item": _("Add a thing"),
    "store.piece": _("Add a piece"),
    "store.shippingzone": _("Add a shipping zone"),
}


def grouped(apps: dict[str, Any], *, with_machinery: bool) -> list[dict[str, Any]]:
    """Groups as Django's templates take lists of apps; what no group names comes almost last."""
    models = {
        f"{label}.{model['object_name'].lower()}": model
        for label, app in apps.items()
        for model in app["models"]
    }
    machinery = named(MACHINERY, models)
    groups = [*groups_of(models), (_("Machinery"), machinery if with_machinery else [])]
    return [
        {
            "name": name,
            "app_label": f"desk-{number}",
            "app_url": "",
            "models": found,
            "is_folded": found is machinery,
        }
        for number, (name, found) in enumerate(groups)
        if found
    ]


def groups_of(models: dict[str, Any]) -> Iterator[tuple[Promise, list[Any]]]:
    for name, wanted in GROUPS:
        yield name, named(wanted, models)
    yield REST, sorted(models.values(), key=lambda model: str(model["name"]))


def named(wanted: dict[str, Promise | str], models: dict[str, Any]) -> list[Any]:
    """Take these out of all models, each in the words of the work."""
    found = [(word, models.pop(label, None)) for label, word in wanted.items()]
    return [{**model, "name": word or capfirst(model["name"])} for word, model in found if model]
