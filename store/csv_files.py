"""CSV files for spreadsheets, line by line: UTF-8 that Excel knows for it, and no formulas."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

from outside.heavy import heavy
from store.dialects import Dialect
from store.exports import BYTE_ORDER_MARK, Line
from store.imports.shop_csv import disarm


def cell(value: Any, dialect: Dialect = Dialect.POINT) -> str:
    """Dates as ISO 8601, amounts without a currency; a text never as what would be run."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return dialect.number(value)
    if isinstance(value, date):
        return value.isoformat()
    return disarm(str(value))


def csv_lines(
    columns: Iterable[Any], rows: Iterable[Iterable[Any]], dialect: Dialect
) -> Iterator[str]:
    writer = csv.writer(Line(), delimiter=dialect.separator)
    yield BYTE_ORDER_MARK + writer.writerow([cell(column) for column in columns])
    for row in rows:
        yield writer.writerow([cell(value, dialect) for value in row])


@heavy
def csv_response(
    name: str,
    columns: Iterable[Any],
    rows: Iterable[Iterable[Any]],
    dialect: Dialect = Dialect.POINT,
) -> StreamingHttpResponse:
    """`name` is the file's, without anything that a header could not hold."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = csv_lines(columns, rows, dialect)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
