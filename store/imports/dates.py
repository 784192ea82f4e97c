"""Dates of files: as ISO 8601 has them, or as spreadsheets of some country do."""

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from store.imports.problems import BadCell, Unclear, short
from typed.text import plain_code

# A time of day behind it says nothing more: spreadsheets and programs add midnight.
TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}| ?[AP]M)?)?"
# Also 1979年12月6日, 1979. 12. 6. and 19791206.
YEAR_FIRST = re.compile(
    r"(\d{4})\s?([-/.年])\s?(\d{1,2})\s?(?:\2|月)\s?(\d{1,2})[.日]?" + TIME, re.ASCII
)
DIGITS_ALONE = re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?" + TIME, re.ASCII)
# Such as 6 December 1979, 6. Dez. 1979, 6-Dec-79 and Thursday, 6th of December 1979; and
# December 6, 1979.
WEEKDAY = r"(?:[^\W\d]+\.?,\s+)?"
ORDINAL = r"(?:st|nd|rd|th|er|º|\.)?"
DAY_FIRST = re.compile(
    WEEKDAY + rf"(?P<day>\d{{1,2}}){ORDINAL}(?:[\s/-]|of |de )*(?P<month>[^\W\d]+)"
    r"(?:[.,\s/-]|de )*(?P<year>\d{4}|\d{2})"
)
MONTH_FIRST = re.compile(
    WEEKDAY + r"(?P<month>[^\W\d]+)[.\s]*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
)
MONTHS = 12
# Languages in which months have names that mean the same month in all of them.
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi")


def date_of(text: str, order: str) -> date:
    """Read a date. `order` is "dmy" or "mdy" if somebody has said so.

    With points between them days stand before months wherever they are written so.
    """
    text = plain_code(text)
    if found := YEAR_FIRST.fullmatch(text) or DIGITS_ALONE.fullmatch(text):
        return day_of(text, year=found[1], month=found[3], day=found[4])
    if found := DAY_FIRST.fullmatch(text) or MONTH_FIRST.fullmatch(text):
        month = months(settings.LANGUAGE_CODE).get(found["month"].casefold(), "0")
        return day_of(text, year=found["year"], month=month, day=found["day"])
    found = YEAR_LAST.fullmatch(text)
    if not found:
        raise not_a_date(text)
    return in_order(text, *found.groups(), order=order)


def in_order(text: str, first: str, mark: str, second: str, year: str, *, order: str) -> date:
    if first == second or int(first) > MONTHS or int(second) > MONTHS:
        order = "mdy" if int(first) <= MONTHS < int(second) else "dmy"
    elif mark == ".":
        order = "dmy"
    readings = {
        "dmy": {"year": year, "month": second, "day": first},
        "mdy": {"year": year, "month": first, "day": second},
    }
    if not order:
        raise unclear_between(text, *(day_of(text, **each) for each in readings.values()))
    return day_of(text, **readings[order])


@cache
def months(language: str) -> dict[str, str]:
    """The numbers of months by their names; those of the shop's language go before others."""
    return {
        plain_code(name).casefold().rstrip("."): str(number)
        for locale in (*LANGUAGES, to_locale(language))
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, locale).items()
    }


def unclear_between(text: str, *days: date) -> Unclear:
    first, second = (date_format(day, "DATE_FORMAT") for day in days)
    choice = {"text": short(text), "first": first, "second": second}
    return Unclear(_("“%(text)s” may be %(first)s or %(second)s") % choice, "dates", text)


def day_of(text: str, *, year: str, month: str, day: str) -> date:
    try:
        return date(full_year(year), int(month), int(day))
    except ValueError:
        raise not_a_date(text) from None


def full_year(year: str) -> int:
    """Of 79 the last year that has been and ends so: things were bought before they are sold."""
    if len(year) > len("79"):
        return int(year)
    now = timezone.localdate().year
    return now - (now - int(year)) % 100


def not_a_date(text: str) -> BadCell:
    return BadCell(_("“%s” is not a date like 1979-12-06") % short(text))
