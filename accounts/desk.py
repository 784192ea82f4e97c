"""People, as the search of the front desk names them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.finds import Find


def role(user: User) -> Any:
    if not user.is_active:
        return _("closed")
    return _("staff") if user.is_staff else _("customer")


def reached_at(user: User) -> str:
    customer = getattr(user, "customer", None)
    return " · ".join(filter(None, [user.email, customer.phone if customer else ""]))


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
