"""Sheets of labels that stationers sell, all of A4."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class Sheet(NamedTuple):
    """Lengths in mm: of a label, to the first one, and from each to the next."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    def __str__(self) -> str:
        facts = {"number": self.columns * self.rows, "width": f"{self.width:g}"}
        words = _("Price tags on A4: %(number)d of %(width)s × %(height)s mm")
        return words % {**facts, "height": f"{self.height:g}"}


# By the number of labels, as their packets say; the address of the tags names them so.
SHEETS = {
    "24": Sheet(3, 8, 70, 37, 0, 0.5, 70, 37),
    "21": Sheet(3, 7, 63.5, 38.1, 7.2, 15.15, 66.04, 38.1),
    "40": Sheet(4, 10, 48.5, 25.4, 8, 21.5, 48.5, 25.4),
}
