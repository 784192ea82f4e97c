"""What a row of a list needs to be read as a card, where there is no room for columns."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

register = template.Library()
# How Django and our own columns show that there is nothing.
NOTHING = {"", "-", "–", "—"}
# Columns are as wide as such words: an hour or the name of a month is not broken in two.
WHOLE_WORD = 10
# A field in the cell of a list, and the box that takes a row of a form away.
FIELD = re.compile(r'<input (?=[^>]*name="form-\d+-)(?!type="hidden")')
TAKES_AWAY = re.compile(r'<input (?=[^>]*name="[^"]+-DELETE")')
COLUMN = re.compile(r'<th class="column-(\w+)[^"]*">\s*([^<]*?)\s*<')
# What is only read: a box to fill in has a name already.
ONLY_READ = re.compile(r'<td class="field-(\w+)">(?=\s*<p>)')
NO_NAME = re.compile(r'<th( class="original")?></th>')


@register.filter
def with_names(row: Iterable[str], headers: list[dict[str, Any]]) -> Iterator[SafeString]:
    """The cells of a row, each with the name of its column, and marked when nothing is in it."""
    cells = list(row)
    for cell, header in zip(cells, [*headers, *({"text": ""} for _cell in cells)], strict=False):
        # That of the boxes to choose rows is a box.
        name = "" if "<" in str(header["text"]) else capfirst(str(header["text"]))
        text = strip_tags(cell).strip()
        empty = "<input" not in cell and "<img" not in cell and text in NOTHING
        whole = all(len(word) <= WHOLE_WORD for word in text.split())
        marks = SafeString(" data-empty" * empty + " data-whole" * whole)
        begin = format_html(' data-name="{}"{}', name, marks)
        if name:
            cell = FIELD.sub(format_html('<input aria-label="{}" ', name), cell)
        tag = cell[:3]
        yield mark_safe(tag + begin + cell[3:])  # noqa: S308 - Django wrote the cell.


@register.filter
def named_fields(table: str) -> SafeString:
    """Django's table of rows below a form, in which whoever hears it is told what each box does."""
    box = format_html('<input aria-label="{}" ', _("Take this row away"))
    names = dict(COLUMN.findall(table))

    def with_name(cell: re.Match[str]) -> str:
        name = names.get(cell[1], "")
        return f'<td class="field-{cell[1]}" data-name="{name}">'

    found = TAKES_AWAY.sub(box, NO_NAME.sub(r"<td\1></td>", ONLY_READ.sub(with_name, table)))
    return mark_safe(found)  # noqa: S308 - Django wrote it.
