"""Dates of files: as ISO 8601 has them, or as spreadsheets of some country do."""

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from store.imports.problems import BadCell, Unclear, short

# A time of day behind it says nothing more: spreadsheets and programs add midnight.
TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME, re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4})\.?" + TIME, re.ASCII)
# Such as 6 December 1979, 6. Dez. 1979 and 6-Dec-1979; and December 6, 1979.
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[.\s/-]*(?P<month>[^\W\d]+)[.,\s/-]*(?P<year>\d{4})")
MONTH_FIRST = re.compile(
    r"(?P<month>[^\W\d]+)[.\s]*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
)
MONTHS = 12


def date_of(text: str, order: str) -> date:
    """Read a date. `order` is "dmy" or "mdy" if somebody has said so.

    With points between them days stand before months wherever they are written so.
    """
    if found := YEAR_FIRST.fullmatch(text):
        return day_of(text, year=found[1], month=found[3], day=found[4])
    if found := DAY_FIRST.fullmatch(text) or MONTH_FIRST.fullmatch(text):
        month = months(settings.LANGUAGE_CODE).get(found["month"].casefold(), "0")
        return day_of(text, year=found["year"], month=month, day=found["day"])
    found = YEAR_LAST.fullmatch(text)
    if not found:
        raise not_a_date(text)
    first, mark, second, year = found.groups()
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
    """The numbers of months by their names in English and in the shop's language."""
    return {
        name.casefold().rstrip("."): str(number)
        for locale in ("en", to_locale(language))
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
        return date(int(year), int(month), int(day))
    except ValueError:
        raise not_a_date(text) from None


def not_a_date(text: str) -> BadCell:
    return BadCell(_("“%s” is not a date like 1979-12-06") % short(text))
