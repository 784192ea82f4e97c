"""Pages that cost the same however many rows there are: nothing is ever counted to the end."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet

from store.catalogue_filter import Choices
from store.statements import Reader
from store.tiles import Tile, tiles_of

ITEMS_PER_PAGE = 24
COUNT_UP_TO = 240


class NoSuchPage(Exception):
    """A page number that is none, or lies behind the last page."""


@dataclass(frozen=True)
class Page:
    """One page; `more` says that another follows."""

    number: int
    tiles: list[Tile]
    more: bool


def page_number(text: str) -> int:
    """Read a page number from the URL, or raise NoSuchPage."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) > 0):
        raise NoSuchPage
    return int(text)


def page_of(choices: Choices, number: int) -> Page:
    """Read one page and look one row ahead, or raise NoSuchPage."""
    try:
        reader, sql, params = page_statement(choices, number)
    except EmptyResultSet:
        found = []
    else:
        found = tiles_of(reader.read(sql, params))
    if not found and number > 1:
        raise NoSuchPage
    return Page(number, found[:ITEMS_PER_PAGE], more=len(found) > ITEMS_PER_PAGE)


@lru_cache(maxsize=500)
def page_statement(choices: Choices, number: int) -> tuple[Reader, str, tuple[Any, ...]]:
    """Return SQL and parameters, which are the same whenever the same is asked for."""
    start = (number - 1) * ITEMS_PER_PAGE
    query = choices.rows()[start : start + ITEMS_PER_PAGE + 1].query
    sql, params = query.sql_with_params()
    return Reader(query), sql, params


def count_some(choices: Choices) -> int:
    """Count to one more than COUNT_UP_TO at most."""
    return choices.rows().values("pk").order_by()[: COUNT_UP_TO + 1].count()
