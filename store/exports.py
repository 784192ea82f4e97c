"""Items as CSV with our own columns, which `store.imports` takes back."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from store.dialects import Dialect
from store.imports.languages import translated_columns
from store.imports.shop_csv import (
    EXPORT_COLUMNS,
    ITEM_COLUMNS,
    PIECE_COLUMNS,
    SELDOM,
    disarm,
    stock_number_of,
)
from store.models import Item, ItemQuerySet, Piece

ITEMS_PER_FETCH = 500
# Without it, Excel takes UTF-8 for the encoding of its country.
BYTE_ORDER_MARK = "\ufeff"
ON_SALE = [Piece.State.AVAILABLE, Piece.State.HELD]


class Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def export_items(
    items: ItemQuerySet, dialect: Dialect = Dialect.POINT, *, with_purchases: bool = True
) -> Iterator[str]:
    """Yield a CSV file in UTF-8 line by line, the oldest item first.

    A row stands for an item and the pieces it still has on sale. Numbers and purchases of
    all pieces but the first are not in it: this is a catalogue, not the stock book.
    """
    hidden = [] if with_purchases else PIECE_COLUMNS
    translated = translated_columns()
    columns = [column for column in [*EXPORT_COLUMNS, *translated] if column not in hidden]
    writer = csv.writer(Line(), delimiter=dialect.separator)
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    pieces = Prefetch("pieces", Piece.objects.with_state())
    items = items.order_by("pk").select_related("category").prefetch_related(pieces)
    for item in items.iterator(chunk_size=ITEMS_PER_FETCH):
        values = values_of(item)
        values |= {
            column: item.others(field).get(language, "")
            for column, (field, language) in translated.items()
        }
        cells = (cell(values[column], dialect) for column in columns)
        yield writer.writerow([disarm(text) for text in cells])


def values_of(item: Item) -> dict[str, Any]:
    pieces = list(item.pieces.all())
    on_sale = [piece for piece in pieces if piece.state in ON_SALE]
    first = (on_sale or pieces or [Piece()])[0]
    return {
        "stock_number": first.stock_number or stock_number_of(item),
        "category": item.category.name,
        "quantity": len(on_sale),
        **{column: getattr(item, column) for column in [*ITEM_COLUMNS, *SELDOM]},
        **{column: getattr(first, column) for column in PIECE_COLUMNS},
    }


def cell(value: Any, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return dialect.number(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
