"""How long somebody may withdraw: Articles 9 and 10 of Directive 2011/83/EU.

Days are counted as Article 3 of Regulation (EEC, Euratom) 1182/71 wants it: the day on which a
thing was got is not counted, the last day ends with its last hour, by the shop's clock, and when
it is a Saturday, Sunday or public holiday, the next working day is the last. Public holidays
differ from country to country: those which most countries of the EU have are taken for everywhere,
since a day too many harms nobody's right.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

WEEKDAYS = 5
DAYS = 14


class Period(NamedTuple):
    """From when to when. `begins` is None while a thing was not got yet: one may withdraw then."""

    begins: date | None = None
    # The last day; None while it has not begun.
    last_day: date | None = None

    def has(self, moment: datetime) -> bool:
        """Whether a declaration of this moment is in time. One before the beginning is."""
        return self.last_day is None or moment < end_of(self.last_day)


def end_of(day: date) -> datetime:
    """The midnight that ends a day by the shop's clock, however many hours it has."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def period_from(got_on: date, told_on: date | None) -> Period:
    """Fourteen days from when the last thing was got, or the service was agreed.

    Who was not told of the right has twelve months more, or fourteen days from being told.
    """
    first_end = got_on + timedelta(days=DAYS)
    if told_on is None:
        last = a_year_after(first_end)
    elif told_on <= got_on:
        last = first_end
    else:
        last = min(told_on + timedelta(days=DAYS), a_year_after(first_end))
        last = max(last, first_end)
    return Period(got_on, working_day_from(last))


def a_year_after(day: date) -> date:
    """The same day of the month, or the last one where there is none, as Article 3(2)(c) says."""
    last = monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))


def working_day_from(day: date) -> date:
    while day.weekday() >= WEEKDAYS or day in holidays(day.year):
        day += timedelta(days=1)
    return day


def holidays(year: int) -> set[date]:
    """The days that most countries of the EU keep."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=days) for days in (-2, 1, 39, 50)}
    return moving | {date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the method of Gauss as Lichtenberg mended it."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + moon) % 30
    limit = 21 + seed - (seed + golden // 11) // 29
    first_sunday = 7 - (year + year // 4 + sun) % 7
    march = limit + 7 - (limit - first_sunday) % 7
    return date(year, 3, 1) + timedelta(days=march - 1)
