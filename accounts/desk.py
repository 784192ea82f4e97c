"""People, as the search of the front desk names them, and what is kept of them for too long."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import RetentionPeriod, User
from desk.finds import Find
from desk.rows import Row, Urgency


def role(user: User) -> Any:
    if not user.is_active:
        return _("closed")
    return _("staff") if user.is_staff else _("customer")


def reached_at(user: User) -> str:
    customer = getattr(user, "customer", None)
    return " · ".join(filter(None, [user.email, customer.phone if customer else ""]))


def told_apart(user: User) -> str:
    """A person among others of the same name."""
    return " · ".join(filter(None, [user.name, reached_at(user)]))


FINDS = [
    Find(
        model=User,
        label=_("People"),
        state=role,
        note=reached_at,
        fetch=lambda users: users.select_related("customer"),
        title=lambda user: user.name or user.email,
        page="person",
    ),
]

ROWS = [
    Row(
        name="kept-too-long",
        label=ngettext_lazy("kind of data is kept too long", "kinds of data are kept too long"),
        rows=lambda user: RetentionPeriod.objects.behind(),
        page="accounts_retentionperiod_changelist",
        query="?show=behind",
        permissions=("accounts.change_retentionperiod",),
        urgency=Urgency.PROMISE_BROKEN,
        since="behind_since",
    ),
]
