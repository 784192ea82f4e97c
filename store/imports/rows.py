from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

from store.models import Item, Piece


class BadCells(Exception):
    """A row cannot be used; the message holds all reasons."""


@dataclass(frozen=True)
class Row:
    """One item as a file describes it, whatever the format."""

    line: int
    # What the item is known by when the same file comes again, see `Item.import_ref`.
    ref: str
    stock_number: str
    quantity: int
    category: str
    # Fields that the file gives, and those that only a new item takes.
    fields: dict[str, Any]
    fields_when_new: dict[str, Any] = field(default_factory=dict)
    piece_fields: dict[str, Any] = field(default_factory=dict)
    # Whether the stock number says which item is meant.
    known_by_stock_number: bool = True

    def __post_init__(self) -> None:
        if len(self.stock_numbers[-1]) > piece_field("stock_number").max_length:
            reason = _("the stock number %s would be too long")
            raise BadCells(reason % self.stock_numbers[-1])

    @property
    def stock_numbers(self) -> list[str]:
        """Those of a new item's pieces: N, N-2, N-3, …"""
        further = [f"{self.stock_number}-{number}" for number in range(2, self.quantity + 1)]
        return [self.stock_number, *further]


class Format(Protocol):
    name: str
    notes: list[str]

    def row(self, line: int, texts: Mapping[str, str]) -> Row | None:
        """Read one record; None for one that holds no item. Raises BadCells."""


def item_field(name: str) -> Any:
    return Item._meta.get_field(name)


def piece_field(name: str) -> Any:
    return Piece._meta.get_field(name)
