"""What an import did, or would do: kept as JSON, for pictures come later."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from store.imports.problems import short

# As many things are told one by one: new and changed ones, and those with something in a column.
MOST_TOLD = 500
MOST_LEFT_OUT_TOLD = 100
# So many rows that did not come in are told one by one; others are counted.
MOST_ROWS_KEPT = 1000


@dataclass(frozen=True, order=True)
class BadRow:
    line: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(reason)s.") % {"line": self.line, "reason": self.reason}


@dataclass(frozen=True)
class Thing:
    """An item that a row is about; without a key while it is not made."""

    line: int
    title: str
    item_id: int | None = None


@dataclass(frozen=True)
class HeldBack:
    """A row that looks like another thing, which is in the shop or in the same file."""

    line: int
    number: str
    title: str
    twin_number: str
    twin_title: str = ""
    twin_id: int | None = None
    twin_line: int | None = None

    def __str__(self) -> str:
        if not self.twin_number:
            text = _(
                "Line %(line)d: a spreadsheet has shortened the number %(number)s (%(title)s)."
            )
            return text % asdict(self)
        twin = self.twin_title or _("line %d") % (self.twin_line or 0)
        told = {**asdict(self), "twin": twin}
        text = _(
            "Line %(line)d: “%(title)s” with the number %(number)s looks like %(twin_number)s"
            " (%(twin)s)."
        )
        return text % told


@dataclass
class LeftOut:
    """What one column says and the shop has no place for."""

    count: int = 0
    example: str = ""
    things: list[Thing] = field(default_factory=list)


@dataclass
class Report:
    dry_run: bool
    format: str = ""
    source: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    pieces: int = 0
    pictures: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)
    # How many more there were.
    more_bad_rows: int = 0
    more_held_back: int = 0
    new: list[Thing] = field(default_factory=list)
    changed: list[Thing] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    # How many rows had something that staff keep, by column.
    kept: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    # The fields of `Options` that would decide what is unclear.
    questions: list[str] = field(default_factory=list)

    @property
    def held(self) -> int:
        return len(self.held_back) + self.more_held_back

    @property
    def skipped(self) -> int:
        return len(self.bad_rows) + self.more_bad_rows

    @property
    def figures(self) -> list[tuple[str, int]]:
        return [
            (_("Rows read"), self.rows),
            (_("Items created"), self.created),
            (_("Items updated"), self.updated),
            (_("Items unchanged"), self.unchanged),
            (_("Pieces created"), self.pieces),
            (_("Pictures to fetch"), self.pictures),
            (_("Rows held back"), self.held),
            (_("Rows skipped"), self.skipped),
        ]

    @property
    def heading(self) -> str:
        if self.dry_run:
            return _("%(format)s, checked only: nothing was changed.") % {"format": self.format}
        return self.format

    @property
    def failure(self) -> str:
        """A sentence about each kind of rows that did not go in; empty when there are none."""
        held, skipped = self.held, self.skipped
        sentences = [
            ngettext("%d row was held back.", "%d rows were held back.", held) % held,
            ngettext("%d row was skipped.", "%d rows were skipped.", skipped) % skipped,
        ]
        counts = (held, skipped)
        return " ".join(text for text, n in zip(sentences, counts, strict=True) if n)

    @property
    def left_out_lines(self) -> list[str]:
        """A line for each column of which something was not taken over."""
        text = _("Not taken over: %(column)s (%(count)d, such as “%(example)s”)")
        return [
            text % {"column": column, "count": told.count, "example": short(told.example)}
            for column, told in self.left_out.items()
        ]

    def skip(self, rows: Iterable[BadRow]) -> None:
        self.more_bad_rows += keep_some(self.bad_rows, rows)

    def hold_back(self, rows: Iterable[HeldBack]) -> None:
        self.more_held_back += keep_some(self.held_back, rows)

    def leave_out(self, thing: Thing, cells: Mapping[str, str]) -> None:
        for column, text in cells.items():
            told = self.left_out.setdefault(column, LeftOut(example=text[:200]))
            told.count += 1
            if len(told.things) < MOST_LEFT_OUT_TOLD:
                told.things.append(thing)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            **{
                **values,
                "bad_rows": [BadRow(**row) for row in values["bad_rows"]],
                "held_back": [HeldBack(**row) for row in values["held_back"]],
                "new": [Thing(**thing) for thing in values["new"]],
                "changed": [Thing(**thing) for thing in values["changed"]],
                "left_out": {
                    column: LeftOut(**{**told, "things": [Thing(**t) for t in told["things"]]})
                    for column, told in values["left_out"].items()
                },
            }
        )


def keep_some(kept: list[Any], further: Iterable[Any]) -> int:
    """Keep rows while there is room; return of how many only the number is known."""
    rows = [*further]
    room = max(MOST_ROWS_KEPT - len(kept), 0)
    kept += rows[:room]
    return len(rows[room:])
