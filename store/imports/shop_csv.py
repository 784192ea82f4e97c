"""Our own columns, as `store.exports` writes them."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from store.imports.cells import Cells, line_of, pieces_of
from store.imports.rows import BadCells, Row, item_field, piece_field
from store.models import Item

REQUIRED = ["stock_number", "title", "category", "condition", "price"]
ITEM_COLUMNS = [
    "title",
    "maker",
    "period",
    "materials",
    "condition",
    "height_cm",
    "width_cm",
    "depth_cm",
    "description",
    "price",
    "shipping",
]
PIECE_COLUMNS = ["purchase_price", "purchased_on", "purchased_from"]
# Most files leave these out; an export has them, so that nothing hidden becomes public.
SELDOM = ["tax_scheme", "published"]
COLUMNS = ["stock_number", "title", "category", *ITEM_COLUMNS[1:], "quantity", *PIECE_COLUMNS]
EXPORT_COLUMNS = [*COLUMNS, *SELDOM]

# A spreadsheet runs a cell with such a beginning as a formula.
# Some take the wide signs of East Asian keyboards for it, too.
SIGN = r"[=+\-@\t\r＝＋－＠]"
FORMULA = re.compile(f"'*{SIGN}")
QUOTED_FORMULA = re.compile(f"'+{SIGN}")
LONGEST_CATEGORY = 100
OWN_PREFIX = "stock:"


def disarm(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if FORMULA.match(text) else text


def rearm(text: str) -> str:
    """Undo `disarm`."""
    return text[1:] if QUOTED_FORMULA.match(text) else text


class OwnFormat:
    name = _("Our own columns")

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.notes: list[str] = []

    @staticmethod
    def recognises(columns: list[str]) -> bool:
        return set(REQUIRED) <= set(columns) <= set(EXPORT_COLUMNS)

    def row(self, line: int, texts: Mapping[str, str]) -> Row:
        cells = Cells({column: rearm(text) for column, text in texts.items()})
        number_field = piece_field("stock_number")
        stock_number = cells.read_field("stock_number", number_field, required=True)
        category = cells.read("category", category_of, required=True)
        fields = {
            column: cells.read_field(column, item_field(column), required=column in REQUIRED)
            for column in [*ITEM_COLUMNS, *SELDOM]
            if column in self.columns
        }
        piece_fields = {
            column: cells.read_field(column, piece_field(column))
            for column in PIECE_COLUMNS
            if column in self.columns
        }
        quantity = cells.read("quantity", pieces_of)
        if cells.reasons:
            raise BadCells("; ".join(cells.reasons))
        return Row(
            line=line,
            ref=reference(stock_number),
            stock_number=stock_number,
            quantity=quantity,
            category=category,
            fields=fields,
            piece_fields=piece_fields,
        )


def category_of(text: str) -> str:
    return line_of(text, LONGEST_CATEGORY)


def reference(stock_number: str) -> str:
    return f"{OWN_PREFIX}{stock_number}"


def stock_number_of(item: Item) -> str:
    """The number under which an item without pieces is exported and found again."""
    ref = item.import_ref or ""
    return ref.removeprefix(OWN_PREFIX) if ref.startswith(OWN_PREFIX) else item.slug
