"""Rows of two days and a sentence in each language of the shop, in one field of a form."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from store.admin.translated import further_languages
from store.closed_days import NOTHING, ClosedDays
from typed.languages import own_names
from typed.translated import Others

EMPTY_ROWS = 2
MOST_ROWS = 30
LONGEST = timedelta(days=366)
MOST_AHEAD = timedelta(days=5 * 366)
LONGEST_NOTICE = 300


COLUMNS = ("first", "last", "notice")


class Row(NamedTuple):
    first: str = ""
    last: str = ""
    notice: str = ""
    # The notice in the further languages, where it is known.
    others: Others = NOTHING


def row_of(value: Mapping[str, Any] | Row) -> Row:
    return value if isinstance(value, Row) else Row(**value)


class ClosedDaysInput(forms.Widget):
    """`wrong` is what is said of lines, by their number: no other is marked."""

    use_fieldset = True
    wrong: Mapping[int, list[str]] = MappingProxyType({})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        languages = [
            code for code, _own_name in settings.LANGUAGES if f"{name}-notice-{code}" in data
        ]
        parts = [*COLUMNS, *(f"notice-{code}" for code in languages)]
        columns = [data.getlist(f"{name}-{part}") for part in parts]
        rows = []
        for typed in zip_longest(*columns, fillvalue=""):
            first, last, notice, *more = (text.strip() for text in typed)
            known = {code: text for code, text in zip(languages, more, strict=True) if text}
            rows.append(Row(first, last, notice, known))
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-first" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = [*map(row_of, value or []), *[Row()] * EMPTY_ROWS]
        # Also of a language that is spoken no more, so that nothing is lost.
        languages = further_languages() | own_names(code for row in rows for code in row.others)
        numbered = [
            (row, number in self.wrong, in_each(row, languages))
            for number, row in enumerate(rows, start=1)
        ]
        context = {"name": name, "rows": numbered, "longest": LONGEST_NOTICE}
        return render_to_string("admin/store/closed_days.html", context | {"attrs": attrs or {}})


def in_each(row: Row, languages: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Code, own name and what is told of each language."""
    return [(code, name, row.others.get(code, "")) for code, name in languages.items()]


class ClosedDaysField(forms.Field):
    """Cleans to the rows that the profile keeps, the earliest first."""

    widget = ClosedDaysInput

    def clean(self, value: list[Any]) -> list[dict[str, Any]]:
        if len(value) > MOST_ROWS:
            text = _("That is too much: %d lines at most. Empty those that are over.")
            raise forms.ValidationError(text % MOST_ROWS)
        found: list[ClosedDays] = []
        wrong: dict[int, list[str]] = {}
        for number, row in enumerate(map(row_of, value), start=1):
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
        return [days.row for days in sorted(found, key=lambda days: days[:3])]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [*map(row_of, initial or [])] != [*map(row_of, data or [])]


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
    others = {code: notice_of(text) for code, text in row.others.items()}
    return ClosedDays(first, last, notice_of(row.notice), others)


def day_of(text: str) -> date:
    messages = {"required": _("Say which days."), "invalid": _("“%s” is no day.") % text}
    found: date = forms.DateField(error_messages=messages).clean(text)
    return found


def notice_of(text: str) -> str:
    return str(forms.CharField(max_length=LONGEST_NOTICE, required=False).clean(text))
