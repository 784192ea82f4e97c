"""From the text of a cell to the value of a model field, or a reason why not."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from store.imports.amounts import amount_of, measure_of
from store.imports.columns import key_of
from store.imports.dates import date_of
from store.imports.options import Options
from store.imports.problems import BadCell, Unclear, short
from typed.text import plain_line, tidy

# A spreadsheet writes TRUE and FALSE anew in its own language when it saves a file.
YES_NO = {
    **dict.fromkeys(["true", "yes", "1", "y", "on"], True),
    **dict.fromkeys(["wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "prawda"], True),
    **dict.fromkeys(["false", "no", "0", "n", "off"], False),
    **dict.fromkeys(["falsch", "faux", "falso", "onwaar", "fałsz"], False),
}
# Behind an apostrophe a spreadsheet keeps a number as it was typed.
KEPT_NUMBER = re.compile("^'(?=[0-9])")
MOST_PIECES = 1000
WHOLE = re.compile("([0-9]+)(?:[.,]0{1,2})?")


class Cells:
    """The cells of one row by column; collects what is wrong with them and what is unclear."""

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        options: Options | None = None,
        shown: Mapping[str, str] | None = None,
    ) -> None:
        self.texts = texts
        self.options = options or Options()
        # How the file calls a column, where the format calls it otherwise.
        self.shown = shown or {}
        self.reasons: list[str] = []
        self.unclear: list[Unclear] = []

    def text(self, column: str) -> str:
        return tidy(self.texts.get(column, "")).strip()

    def read(self, column: str, reader: Callable[[str], Any], *, required: bool = False) -> Any:
        """The value of a cell; None after noting a reason."""
        text = self.text(column)
        try:
            if required and not text:
                raise BadCell(_("is missing"))
            return reader(text)
        except BadCell as problem:
            self.reasons.append(f"{self.shown.get(column, column)} {problem}")
            if isinstance(problem, Unclear):
                self.unclear.append(problem)
            return None

    def read_field(
        self, column: str, field: "models.Field[Any, Any]", *, required: bool = False
    ) -> Any:
        return self.read(
            column, lambda text: value_of(text, field, self.options), required=required
        )


def value_of(text: str, field: "models.Field[Any, Any]", options: Options) -> Any:
    """Read a cell for a model field, whose limits apply. Raises BadCell."""
    if not text and (field.null or field.has_default()):
        return field.get_default()
    if field.choices:
        return choice_of(text, field)
    match field:
        case models.DecimalField() if field.name.endswith("_cm"):
            return measure_of(text, field)
        case models.DecimalField():
            return amount_of(KEPT_NUMBER.sub("", text), field, options.decimal)
        case models.DateField():
            return date_of(text, options.dates)
        case models.BooleanField():
            return yes_or_no(text)
        case models.CharField() if field.name == "stock_number":
            return line_of(KEPT_NUMBER.sub("", text), field.max_length or len(text))
        case models.CharField():
            return line_of(text, field.max_length or len(text))
    return text


def line_of(text: str, longest: int) -> str:
    """A text on one line."""
    # Most texts of most files need no more, and `plain_line` looks at each letter.
    line = " ".join((text if text.isascii() else plain_line(text)).split())
    if len(line) > longest:
        raise BadCell(_("is longer than %d characters") % longest)
    return line


def choice_of(text: str, field: "models.Field[Any, Any]") -> str:
    values = values_of(field, get_language())
    if key_of(text) not in values:
        known = {
            "text": short(text),
            "values": ", ".join(value for value, label in field.flatchoices),
        }
        raise BadCell(_("“%(text)s” is not one of %(values)s") % known)
    return values[key_of(text)]


@cache
def values_of(field: "models.Field[Any, Any]", _language: str | None) -> dict[str, str]:
    """The values of a choice by the keys of what they are called in this language."""
    return {
        key_of(str(name)): str(value)
        for value, label in field.flatchoices
        for name in (value, label)
    }


def yes_or_no(text: str) -> bool:
    if text.casefold() not in YES_NO:
        raise BadCell(_("“%s” is neither true nor false") % short(text))
    return YES_NO[text.casefold()]


def pieces_of(text: str) -> int:
    """A number of pieces; an empty cell is one."""
    if not text:
        return 1
    number = WHOLE.fullmatch(text)
    if not number:
        raise BadCell(_("“%s” is not a whole number") % short(text))
    digits = number[1].lstrip("0") or "0"
    if len(digits) > len(str(MOST_PIECES)) or int(digits) > MOST_PIECES:
        raise BadCell(
            _("“%(text)s” is more than %(most)d") % {"text": short(text), "most": MOST_PIECES}
        )
    return int(digits)
