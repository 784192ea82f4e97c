"""What needs doing now: a row for each kind of thing, counted by the query of the list it leads to.

All rows are counted by one statement, however many there are; see `desk.counting`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from desk.counting import Counting, compiled, kept, read


class Urgency(IntEnum):
    """What stands first on the desk."""

    MONEY_AT_RISK = 0
    PROMISE_BROKEN = 1
    SOMEBODY_WAITS = 2
    WORK = 3
    TO_FOLLOW_UP = 4


class Row(NamedTuple):
    """One kind of thing to be done. `label` is a lazy ngettext without the number."""

    name: str
    label: Any
    # Made anew each day: with nothing but that and the database's clock it may change. Given whose
    # desk it is if the row `is_personal`, else None.
    rows: Callable[[Any], QuerySet[Any]]
    # The name of an address in the admin, and what follows it: a list of these rows and no others.
    page: str
    query: str
    # Who sees it: whoever has all of these.
    permissions: tuple[str, ...]
    urgency: Urgency
    # The column, or annotation, with the time since when each waits; with `until`, when it ends.
    since: str = ""
    is_until: bool = False
    is_personal: bool = False

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.page}") + self.query


class Due(NamedTuple):
    """A row of which there is something to do."""

    row: Row
    number: int
    # Since when the oldest waits, or when the first one ends.
    oldest: datetime | None

    @property
    def label(self) -> str:
        return str(self.row.label % self.number)

    @property
    def age(self) -> str:
        """How long the oldest has waited; the first of what ends has a time instead."""
        if self.oldest is None:
            return ""
        if timezone.now() - self.oldest < timedelta(minutes=1):
            return _("just now")
        return _("for %(time)s") % {"time": timesince(self.oldest, depth=1)}


def rows_for(user: PermissionsMixin, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if user.has_perms(row.permissions)]


def due_for(user: PermissionsMixin, rows: Iterable[Row]) -> list[Due]:
    """What there is to do for somebody, the most urgent first; in one query."""
    seen = {row.name: row for row in rows_for(user, rows)}
    found = read([counting_of(row, user) for row in seen.values()])
    due = [Due(seen[name], number, oldest) for name, number, oldest in found if number]
    places = list(seen)
    return sorted(due, key=lambda each: (each.row.urgency, places.index(each.row.name)))


def counting_of(row: Row, user: PermissionsMixin) -> Counting | None:
    if row.is_personal:
        return compiled(row.name, row.rows(user), row.since)
    return kept(row.name, row.rows, row.since, timezone.localdate())
