from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from store.imports.columns import Header
from store.imports.options import Options
from store.imports.problems import Unclear
from store.models import Item, Piece


class BadCells(Exception):
    """A row cannot be used; the message holds all reasons, `unclear` what may be asked."""

    def __init__(self, message: str, unclear: Sequence[Unclear] = ()) -> None:
        super().__init__(message)
        self.unclear = unclear


@dataclass(frozen=True)
class Picture:
    """Where a picture of an item is, as far as a file says it."""

    url: str
    alt_text: str = ""
    position: int = 0


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
    # Texts in further languages, by field and language.
    translations: dict[tuple[str, str], str] = field(default_factory=dict)
    # Whether the stock number says which item is meant.
    known_by_stock_number: bool = True
    # Whether the file says the category, or it is only where a new item goes.
    category_is_given: bool = True
    # What the file says as well, by column: what has no place here, and what staff keep.
    left_out: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.stock_numbers[-1]) > piece_field("stock_number").max_length:
            reason = _("the stock number %s would be too long")
            raise BadCells(reason % self.stock_numbers[-1])

    @property
    def stock_numbers(self) -> list[str]:
        """Those of a new item's pieces: N, N-2, N-3, …"""
        further = [f"{self.stock_number}-{number}" for number in range(2, self.quantity + 1)]
        return [self.stock_number, *further]


class Format(ABC):
    """A kind of file. `notes` are sentences for the report."""

    # Shown in the language of whoever imports.
    name: ClassVar[Promise]
    # What its columns are called here, by the key of what files call them.
    NAMES: ClassVar[Mapping[str, str]]
    # Whether somebody has to say what becomes of unknown columns.
    asks_about_columns: ClassVar[bool] = False

    def __init__(self, written: list[str], options: Options) -> None:
        self.header = Header(written, {**self.NAMES, **self.further_names(written, options)})
        self.options = options
        self.notes: list[str] = []

    def further_names(self, written: list[str], options: Options) -> Mapping[str, str]:
        """What columns are called that are counted, or of which somebody has said it."""
        return {}

    @classmethod
    @abstractmethod
    def recognises(cls, keys: set[str]) -> bool:
        """Whether a file whose columns have these keys is of this kind."""

    @property
    def missing(self) -> list[str]:
        """Columns without which no row can be used."""
        return []

    @abstractmethod
    def row(self, line: int, texts: Mapping[str, str]) -> Row | None:
        """Read one record; None for one that holds no item. Raises BadCells."""

    def pictures(self) -> Mapping[str, Sequence[Picture]]:
        """The pictures of all rows read so far, by `Row.ref`."""
        return {}

    def most_pictures(self) -> int:
        """How many those are at most, before they are listed."""
        return sum(map(len, self.pictures().values()))


def item_field(name: str) -> Any:
    return Item._meta.get_field(name)


def piece_field(name: str) -> Any:
    return Piece._meta.get_field(name)
