"""CSV files for spreadsheets, line by line: UTF-8 that Excel knows for it, and no formulas."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

from store.exports import BYTE_ORDER_MARK, Line
from store.imports.shop_csv import disarm


def cell(value: Any) -> str:
    """Dates as ISO 8601, amounts as plain numbers; a text never as what a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return disarm(str(value))


def csv_lines(columns: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield BYTE_ORDER_MARK + writer.writerow([cell(column) for column in columns])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(
    name: str, columns: Iterable[Any], rows: Iterable[Iterable[Any]]
) -> StreamingHttpResponse:
    """`name` is the file's, without anything that a header could not hold."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = csv_lines(columns, rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
