"""Pages that cost the same however many rows there are: nothing is ever counted to the end."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from store.cards import Card, cards_of
from store.models import Item

SIZE = 24
COUNT_UP_TO = 240


class NoSuchPage(Exception):
    """A page number that is none, or lies behind the last page."""


@dataclass(frozen=True)
class Page:
    """One page; `more` says that another follows."""

    number: int
    cards: list[Card]
    more: bool


def page_number(text: str) -> int:
    """Read a page number from the URL, or raise NoSuchPage."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) > 0):
        raise NoSuchPage
    return int(text)


def page_of(rows: "QuerySet[Item, Any]", number: int) -> Page:
    """Read one page and look one row ahead, or raise NoSuchPage."""
    start = (number - 1) * SIZE
    found = cards_of(rows[start : start + SIZE + 1])
    if not found and number > 1:
        raise NoSuchPage
    return Page(number, found[:SIZE], more=len(found) > SIZE)


def count_some(rows: "QuerySet[Item, Any]") -> int:
    """Count to one more than COUNT_UP_TO at most."""
    return rows.values("pk").order_by()[: COUNT_UP_TO + 1].count()
