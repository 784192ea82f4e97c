"""What a row of a list needs to be read as a card, where there is no room for columns."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()
# How Django and our own columns show that there is nothing.
NOTHING = {"", "-", "–", "—"}


@register.filter
def with_names(row: Iterable[str], headers: list[dict[str, Any]]) -> Iterator[SafeString]:
    """The cells of a row, each with the name of its column, and marked when nothing is in it."""
    cells = list(row)
    for cell, header in zip(cells, [*headers, *({"text": ""} for _ in cells)], strict=False):
        # That of the boxes to choose rows is a box.
        name = "" if "<" in str(header["text"]) else capfirst(str(header["text"]))
        empty = "<input" not in cell and "<img" not in cell and strip_tags(cell).strip() in NOTHING
        begin = format_html(' data-name="{}"{}', name, SafeString(" data-empty") * empty)
        tag = cell[:3]
        yield mark_safe(tag + begin + cell[3:])  # noqa: S308 - Django wrote the cell.
