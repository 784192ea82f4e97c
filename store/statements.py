"""Statements that are put together once and from then on only sent.

To turn a queryset of several subqueries into SQL takes longer than to have it
answered. The pages that everybody looks at, and taking a piece, keep theirs.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery


class Joined(models.Aggregate):
    """Numbers of several rows as one text with commas."""

    function = "GROUP_CONCAT"
    output_field = models.TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        template = "STRING_AGG((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


class Statement:
    """A queryset that depends on a few values only.

    `build` is called once, with `slots`: values like the later ones, which stand in the SQL
    for nothing else. A later value of that name takes the place of its slot.
    """

    def __init__(self, build: Callable[..., Any], **slots: object) -> None:
        self.build = build
        self.slots = slots

    def assemble(self) -> tuple[str, tuple[Any, ...]]:
        rows: models.QuerySet[Any, Any] = self.build(**self.slots)
        return rows.query.sql_with_params()

    @cached_property
    def compiled(self) -> tuple[str, list[str | None], tuple[Any, ...]]:
        sql, params = self.assemble()
        names = {adapted(slot): name for name, slot in self.slots.items()}
        found = [names.get(param) for param in params]
        if set(filter(None, found)) != set(self.slots):
            raise ValueError(f"{self.slots!r} must occur in {params!r}")
        return sql, found, params

    def given(self, values: dict[str, object]) -> tuple[str, list[Any]]:
        sql, names, params = self.compiled
        slots = zip(names, params, strict=True)
        return sql, [adapted(values[name]) if name else param for name, param in slots]

    def rows(self, **values: object) -> list[Any]:
        """Read the rows for some values, as instances with their annotations."""
        return list(self.model._default_manager.raw(*self.given(values)))

    @cached_property
    def model(self) -> Any:
        return self.build(**self.slots).model

    def tuples(self, **values: object) -> list[tuple[Any, ...]]:
        """Read the rows for some values as the driver gives them; for numbers and text only."""
        with connection.cursor() as cursor:
            cursor.execute(*self.given(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


class Change(Statement):
    """An UPDATE: `build` returns the rows to change and the values to change them to."""

    def assemble(self) -> tuple[str, tuple[Any, ...]]:
        rows, values = self.build(**self.slots)
        query: UpdateQuery = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, tuple(params)

    def make(self, **values: object) -> int:
        """Send it with these values; return how many rows it has changed."""
        with connection.cursor() as cursor:
            cursor.execute(*self.given(values))
            return int(cursor.rowcount)


class Entry(Change):
    """An INSERT: `build` returns a model and a queryset of `values_list` of its named columns."""

    def assemble(self) -> tuple[str, tuple[Any, ...]]:
        return insert_from(*self.build(**self.slots))


class Recorded:
    """A change, and the entry that writes down what it has changed.

    PostgreSQL does both in one statement: within the INSERT, the name of the table stands for
    the rows that the UPDATE has changed.
    """

    def __init__(self, change: Change, entry: Entry) -> None:
        self.change, self.entry = change, entry

    def make(self, **values: object) -> int:
        """Send it with these values; return how many rows it has changed and written down."""
        if connection.vendor != "postgresql":
            return self.change.make(**values) and self.entry.make(**values)
        update, old = self.change.given(values)
        insert, new = self.entry.given(values)
        table = connection.ops.quote_name(self.table)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {table} AS ({update} RETURNING *) {insert}", [*old, *new])
            return int(cursor.rowcount)

    @cached_property
    def table(self) -> str:
        rows, _ = self.change.build(**self.change.slots)
        return str(rows.model._meta.db_table)


def insert_from(
    model: type[models.Model], fields: list[str], rows: models.QuerySet[Any, Any]
) -> tuple[str, tuple[Any, ...]]:
    """SQL that writes rows of a model made from rows of another table, without reading them."""
    quote = connection.ops.quote_name
    table = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(quote(table[name]) for name in fields)
    sql, params = rows.query.sql_with_params()
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {sql}", params


def adapted(value: object) -> object:
    """A value as the database wants it: SQLite has times as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
