"""What needs doing now: a row for each kind of thing, counted by the query of the list it leads to.

All rows are counted by one statement, however many there are.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, DateTimeField, IntegerField, Min, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


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
    # Made anew each time: what is late changes with the clock. Given whose desk it is.
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
    seen = rows_for(user, rows)
    if not seen:
        return []
    first, *others = (counted(number, row, user) for number, row in enumerate(seen))
    found = first.union(*others, all=True)
    due = [Due(seen[at], number, oldest) for at, number, oldest in found if number]
    return sorted(due, key=lambda each: (each.row.urgency, seen.index(each.row)))


def counted(number: int, row: Row, user: PermissionsMixin) -> QuerySet[Any]:
    """A query of one line: which row this is, how many there are, and the oldest's time."""
    rows: QuerySet[Model] = row.rows(user).order_by()
    nothing = Cast(Value(None), DateTimeField())
    oldest = Min(Cast(row.since, DateTimeField())) if row.since else nothing
    named = rows.annotate(desk_row=Value(number, IntegerField())).values("desk_row")
    sums = named.annotate(desk_count=Count("pk"), desk_oldest=oldest)
    found: QuerySet[Any] = sums.values_list("desk_row", "desk_count", "desk_oldest")
    return found
