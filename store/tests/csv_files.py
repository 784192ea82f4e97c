"""CSV files for the tests of import and export."""

import csv
import io
from pathlib import Path
from typing import Any

from store.imports import Report, import_items
from store.imports.shop_csv import COLUMNS

SAMPLE = Path(__file__).parent / "fixtures" / "antiques_sample.csv"
GOOD_ROW = {
    "stock_number": "79.66.115",
    "title": "Bowl",
    "category": "Containers",
    "condition": "mint",
    "price": "30.00",
}


def own_csv(*rows: dict[str, str], columns: list[str] = COLUMNS, end: str = "\n") -> bytes:
    """A file with our own columns; each row is the good one with changes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator=end)
    writer.writeheader()
    writer.writerows({**GOOD_ROW, **row} for row in rows)
    return text.getvalue().encode()


def load(content: bytes, **options: Any) -> Report:
    return import_items(io.BytesIO(content), **options)


def reasons(report: Report) -> list[str]:
    return [str(row) for row in report.bad_rows]
