"""From the text of a cell to the value of a model field, or a reason why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from typed.text import plain_line, tidy

NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YES_NO = {"true": True, "false": False, "yes": True, "no": False}
MOST_PIECES = 1000


class BadCell(Exception):
    """The message says what is wrong with the cell, without naming its column."""


class Cells:
    """The cells of one row by column; collects what is wrong with them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.reasons: list[str] = []

    def read(self, column: str, reader: Callable[[str], Any], *, required: bool = False) -> Any:
        """The value of a cell; None after noting a reason."""
        text = tidy(self.texts.get(column, "")).strip()
        try:
            if required and not text:
                raise BadCell(_("is missing"))
            return reader(text)
        except BadCell as problem:
            self.reasons.append(f"{column} {problem}")
            return None

    def read_field(
        self, column: str, field: "models.Field[Any, Any]", *, required: bool = False
    ) -> Any:
        return self.read(column, lambda text: value_of(text, field), required=required)


def value_of(text: str, field: "models.Field[Any, Any]") -> Any:
    """Read a cell for a model field, whose limits apply. Raises BadCell."""
    if not text and (field.null or field.has_default()):
        return field.get_default()
    if field.choices:
        return choice_of(text, field)
    match field:
        case models.DecimalField():
            return amount_of(text, field)
        case models.DateField():
            return date_of(text)
        case models.BooleanField():
            return yes_or_no(text)
        case models.CharField():
            return line_of(text, field.max_length or len(text))
    return text


def line_of(text: str, longest: int) -> str:
    """A text on one line."""
    line = " ".join(plain_line(text).split())
    if len(line) > longest:
        raise BadCell(_("is longer than %d characters") % longest)
    return line


def amount_of(text: str, field: "models.DecimalField[Any, Any]") -> Decimal:
    number = NUMBER.fullmatch(text)
    if not number:
        raise BadCell(_("“%s” is not a number like 1234.50") % short(text))
    sign, whole, fraction = number.group(1), number.group(2).lstrip("0"), number.group(3) or ""
    if sign:
        raise BadCell(_("“%s” is negative") % short(text))
    if len(fraction) > field.decimal_places:
        limit = {"text": short(text), "limit": field.decimal_places}
        raise BadCell(_("“%(text)s” has more than %(limit)d digits after the point") % limit)
    if len(whole) > field.max_digits - field.decimal_places:
        raise BadCell(_("“%s” is too large") % short(text))
    return Decimal(text)


def date_of(text: str) -> date:
    try:
        # `fromisoformat` alone would take `2024W011` for a date as well.
        return date.fromisoformat(text if DATE.fullmatch(text) else "")
    except ValueError:
        raise BadCell(_("“%s” is not a date like 1979-12-06") % short(text)) from None


def choice_of(text: str, field: "models.Field[Any, Any]") -> str:
    values = [value for value, label in field.flatchoices]
    value = text.casefold().replace(" ", "_")
    if value not in values:
        known = {"text": short(text), "values": ", ".join(values)}
        raise BadCell(_("“%(text)s” is not one of %(values)s") % known)
    return value


def yes_or_no(text: str) -> bool:
    if text.casefold() not in YES_NO:
        raise BadCell(_("“%s” is neither true nor false") % short(text))
    return YES_NO[text.casefold()]


def pieces_of(text: str) -> int:
    """A number of pieces; an empty cell is one."""
    if not text:
        return 1
    if not re.fullmatch("[0-9]+", text):
        raise BadCell(_("“%s” is not a whole number") % short(text))
    if len(text.lstrip("0")) > len(str(MOST_PIECES)) or int(text) > MOST_PIECES:
        raise BadCell(
            _("“%(text)s” is more than %(most)d") % {"text": short(text), "most": MOST_PIECES}
        )
    return int(text)


def short(text: str) -> str:
    """Enough of a cell to recognise it in a message."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
