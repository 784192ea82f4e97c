"""Days on which the shop is closed, and what waits for the next one on which it is open."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from django.utils.timezone import localtime, make_aware

from typed.translated import Others, Words, said

DAY = timedelta(days=1)
DAYS_OF_A_WEEK = 7
# So long before, pages begin to say it.
TOLD_BEFORE = timedelta(days=14)
NOTHING: Others = MappingProxyType({})


class ClosedDays(NamedTuple):
    """From the first to the last of them, and what customers are told besides the dates: in the
    main language, and in others.
    """

    first: date
    last: date
    notice: str = ""
    others: Others = NOTHING

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        return cls(first, last, row["notice"], row.get("others", NOTHING))

    @property
    def row(self) -> dict[str, Any]:
        """As the profile keeps it."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "notice": self.notice,
            **({"others": self.others} if self.others else {}),
        }

    @property
    def told(self) -> Words:
        return said(self.notice, self.others)

    def is_told_on(self, day: date) -> bool:
        return self.first <= day + TOLD_BEFORE and day <= self.last


def is_closed(day: date, closed: Iterable[ClosedDays], weekdays: Collection[int] = ()) -> bool:
    """`weekdays` are those of every week, Monday is 0."""
    return day.weekday() in weekdays or any(days.first <= day <= days.last for days in closed)


def time_of_open_days(
    count: int, closed: Iterable[ClosedDays], weekdays: Collection[int] = (), *, since: date
) -> timedelta:
    """In how many days so many open ones have passed; the last of them is one."""
    closed, day = list(closed), since
    # A shop that never opens would wait for ever.
    weekdays = {*weekdays} if len({*weekdays}) < DAYS_OF_A_WEEK else set()
    while count > 0 or is_closed(day, closed, weekdays):
        day += DAY
        if not is_closed(day, closed, weekdays):
            count -= 1
    return day - since


def open_time(
    moment: datetime, closed: Iterable[ClosedDays], weekdays: Collection[int] = ()
) -> datetime:
    """This moment, or the same time on the next day on which the shop is open."""
    local = localtime(moment)
    wait = time_of_open_days(0, closed, weekdays, since=local.date())
    if not wait:
        return moment
    return make_aware(datetime.combine(local.date() + wait, local.time()))
