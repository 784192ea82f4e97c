"""Many counts by one statement.

To put one together takes Django longer than most of them take the database, so that those that
are the same for everybody are kept for the day.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, Count, DateTimeField, Min, Model, QuerySet, Value
from django.db.models.functions import Cast


class Counting(NamedTuple):
    """SQL of one line: a name, how many there are, and the oldest's time."""

    sql: str
    params: tuple[Any, ...]


@lru_cache(maxsize=128)
def kept(
    name: str, rows: Callable[[Any], QuerySet[Any]], since: str, today: date
) -> Counting | None:
    """Of what is the same for everybody all day; `today` is the day in the shop's time zone."""
    return compiled(name, rows(None), since)


def compiled(name: str, rows: QuerySet[Model], since: str) -> Counting | None:
    """None if it is known already that there is nothing."""
    nothing = Cast(Value(None), DateTimeField())
    oldest = Min(Cast(since, DateTimeField())) if since else nothing
    named = rows.order_by().annotate(desk_name=Value(name, CharField())).values("desk_name")
    sums = named.annotate(desk_count=Count("pk"), desk_oldest=oldest)
    try:
        sql, params = sums.values_list(
            "desk_name", "desk_count", "desk_oldest"
        ).query.sql_with_params()
    except EmptyResultSet:
        return None
    return Counting(sql, tuple(params))


def read(countings: Sequence[Counting | None]) -> list[tuple[str, int, datetime | None]]:
    asked = [counting for counting in countings if counting]
    if not asked:
        return []
    sql = " UNION ALL ".join(counting.sql for counting in asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for counting in asked for param in counting.params])
        found = cursor.fetchall()
    return [(name, number, in_python(oldest)) for name, number, oldest in found]


def in_python(value: Any) -> datetime | None:
    """A time as the database gives it; SQLite has none of its own."""
    expression = Value(None, DateTimeField())
    for convert in connection.ops.get_db_converters(expression):
        value = convert(value, expression, connection)
    found: datetime | None = value
    return found
