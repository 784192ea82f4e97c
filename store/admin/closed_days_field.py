"""Rows of two days and a sentence, in one field of a form."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from store.closed_days import ClosedDays

EMPTY_ROWS = 2
MOST_ROWS = 30
LONGEST = timedelta(days=366)
MOST_AHEAD = timedelta(days=5 * 366)
LONGEST_NOTICE = 300


class Row(NamedTuple):
    first: str = ""
    last: str = ""
    notice: str = ""


def row_of(value: Mapping[str, str] | Row) -> Row:
    return value if isinstance(value, Row) else Row(**value)


class ClosedDaysInput(forms.Widget):
    """`wrong` is what is said of lines, by their number: no other is marked."""

    use_fieldset = True
    wrong: Mapping[int, list[str]] = MappingProxyType({})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        columns = [data.getlist(f"{name}-{part}") for part in Row._fields]
        rows = [Row(*(text.strip() for text in row)) for row in zip_longest(*columns, fillvalue="")]
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-first" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = [*map(row_of, value or []), *[Row()] * EMPTY_ROWS]
        numbered = [(row, number in self.wrong) for number, row in enumerate(rows, start=1)]
        context = {"name": name, "rows": numbered, "longest": LONGEST_NOTICE}
        return render_to_string("admin/store/closed_days.html", context | {"attrs": attrs or {}})


class ClosedDaysField(forms.Field):
    """Cleans to the rows that the profile keeps, the earliest first."""

    widget = ClosedDaysInput

    def clean(self, value: list[Row]) -> list[dict[str, str]]:
        if len(value) > MOST_ROWS:
            text = _("That is too much: %d lines at most. Empty those that are over.")
            raise forms.ValidationError(text % MOST_ROWS)
        found: list[ClosedDays] = []
        wrong: dict[int, list[str]] = {}
        for number, row in enumerate(value, start=1):
            try:
                found.append(cleaned(row))
            except forms.ValidationError as error:
                wrong[number] = error.messages
        if wrong:
            # A form has a copy of its own of each field, and of its widget.
            cast(ClosedDaysInput, self.widget).wrong = wrong
            raise forms.ValidationError(
                [f"{_('Line %d') % at}: {said}" for at, texts in wrong.items() for said in texts]
            )
        return [days.row for days in sorted(found)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool([*map(row_of, initial or [])] != data)


def cleaned(row: Row) -> ClosedDays:
    """One day alone may be typed as the first or as the last."""
    first = day_of(row.first or row.last)
    last = day_of(row.last or row.first)
    if last < first:
        raise forms.ValidationError(_("The last day is before the first one."))
    if last - first > LONGEST:
        raise forms.ValidationError(_("This is longer than a year."))
    if first < localdate() - LONGEST:
        raise forms.ValidationError(_("This is more than a year ago."))
    if last > localdate() + MOST_AHEAD:
        raise forms.ValidationError(_("This is more than five years ahead."))
    return ClosedDays(first, last, notice_of(row.notice))


def day_of(text: str) -> date:
    messages = {"required": _("Say which days."), "invalid": _("“%s” is no day.") % text}
    found: date = forms.DateField(error_messages=messages).clean(text)
    return found


def notice_of(text: str) -> str:
    return str(forms.CharField(max_length=LONGEST_NOTICE, required=False).clean(text))
