from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, order=True)
class BadRow:
    line: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(reason)s.") % {"line": self.line, "reason": self.reason}


@dataclass
class Report:
    """What an import did, or with `dry_run` would do."""

    dry_run: bool
    format: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    pieces: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def figures(self) -> list[tuple[str, int]]:
        return [
            (_("Rows read"), self.rows),
            (_("Items created"), self.created),
            (_("Items updated"), self.updated),
            (_("Items unchanged"), self.unchanged),
            (_("Pieces created"), self.pieces),
            (_("Rows skipped"), len(self.bad_rows)),
        ]

    @property
    def heading(self) -> str:
        if self.dry_run:
            return _("%(format)s, checked only: nothing was changed.") % {"format": self.format}
        return self.format

    @property
    def failure(self) -> str:
        """One sentence about the bad rows; empty when there are none."""
        count = len(self.bad_rows)
        return (
            ngettext("%d row was skipped.", "%d rows were skipped.", count) % count if count else ""
        )
