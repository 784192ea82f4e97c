"""Queries that are turned into SQL once, and from then on only sent.

For a queryset of several subqueries that takes Django longer than the database takes to answer.
Kept are the few on nearly every page or click where it saves most; bench/README.md says how much.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, models
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery

Compiled = tuple[str, tuple[Any, ...]]


@contextmanager
def on_any_connection() -> Iterator[None]:
    """Read without asking first whether the connection still stands: who reads notices.

    A broken one is closed, so that whoever asks next has another one.
    """
    database: Any = connection
    database.health_check_done = True
    try:
        yield
    except Error:
        if not database.in_atomic_block:
            database.close()
        raise


class Joined(models.Aggregate):
    """Numbers of several rows as one text with commas."""

    function = "GROUP_CONCAT"
    output_field = models.TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        template = "STRING_AGG((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


class Slot(models.Expression):
    """Where each use of a statement puts a value of its own, of a type like `field`.

    Among the parameters stands its `mark`, which is found again by identity: no constant can
    look like it.
    """

    def __init__(self, field: "models.Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        # Django copies expressions; the copies share it.
        self.mark = object()

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self.mark]


class Reader:
    """Makes instances out of rows like `ModelIterable` of Django, but looks at the query once.

    `raw()` would look at each column anew, every time.
    """

    def __init__(self, query: "models.sql.Query") -> None:
        compiler: Any = query.chain().get_compiler(DEFAULT_DB_ALIAS)
        compiler.setup_query()
        selected = [expression for expression, _sql, _alias in compiler.select]
        fields = compiler.klass_info["select_fields"]
        self.model: Any = query.model
        self.names = [selected[place].target.attname for place in fields]
        # The fields come first, without gaps.
        self.end = len(fields)
        self.annotations = list(compiler.annotation_col_map.items())
        self.converters = list(compiler.get_converters(selected).items())

    def read(self, sql: str, params: Sequence[Any]) -> list[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        return [self.instance(row, database) for row in rows]

    def instance(self, row: Sequence[Any], database: Any) -> Any:
        if self.converters:
            row = list(row)
            for place, (converters, expression) in self.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, database)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: self.end])
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


class Statement:
    """A queryset that depends on a few values only.

    `build` makes it out of one value for each of `fields`: once of slots, for good. So whatever
    else it reads must never change while the process lives: settings, for example, are values.

    Raises ImproperlyConfigured, when the module is imported, if a value occurs nowhere.
    """

    def __init__(self, build: Callable[..., Any], **fields: "models.Field[Any, Any]") -> None:
        self.build, self.fields = build, fields
        # Numbers and text go to every database as they are.
        plain = models.IntegerField | models.CharField
        self.adapted = {
            name: field for name, field in fields.items() if not isinstance(field, plain)
        }
        self.slots = {name: Slot(field) for name, field in fields.items()}
        self.built = build(**self.slots)
        self.names = {id(slot.mark): name for name, slot in self.slots.items()}
        found = {self.names.get(id(param)) for param in self.assemble(locking=False)[1]}
        if missing := fields.keys() - found:
            raise ImproperlyConfigured(f"In a statement {', '.join(missing)} occurs nowhere.")

    def assemble(self, *, locking: bool) -> Compiled:
        """Turn it into SQL, to lock rows only if asked for: Django connects for that."""
        query = self.built.query.chain()
        query.select_for_update = query.select_for_update and locking
        sql, params = query.sql_with_params()
        return sql, params

    @cached_property
    def compiled(self) -> tuple[str, list[tuple[str | None, Any]]]:
        sql, params = self.assemble(locking=True)
        return sql, [(self.names.get(id(param)), param) for param in params]

    def given(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return SQL and parameters for these values; others may be among them."""
        sql, params = self.compiled
        if self.adapted:
            database = connections[DEFAULT_DB_ALIAS]
            values = values | {
                name: field.get_db_prep_value(values[name], database)
                for name, field in self.adapted.items()
            }
        return sql, [values[name] if name else param for name, param in params]

    @cached_property
    def reader(self) -> "Reader":
        return Reader(self.built.query)

    def rows(self, **values: object) -> list[Any]:
        """Read the rows for some values, as instances with their annotations."""
        return self.reader.read(*self.given(values))

    def tuples(self, **values: object) -> list[tuple[Any, ...]]:
        """Read the rows for some values as the driver gives them; for numbers and text only."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(*self.given(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


class Change(Statement):
    """An UPDATE: `build` returns the rows to change and the values to change them to."""

    def assemble(self, *, locking: bool) -> Compiled:
        rows, values = self.built
        query: UpdateQuery = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return sql, tuple(params)

    def make(self, **values: object) -> int:
        """Send it with these values; return how many rows it has changed."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(*self.given(values))
            return int(cursor.rowcount)


class Entry(Change):
    """An INSERT: `build` returns a model and a queryset of `values_list` of its named columns."""

    def assemble(self, *, locking: bool) -> Compiled:
        return insert_from(*self.built)


class Recorded:
    """A change, and the entry that writes down what it has changed.

    PostgreSQL does both in one statement: within the INSERT, the name of the table stands for
    the rows that the UPDATE has changed.
    """

    def __init__(self, change: Change, entry: Entry) -> None:
        self.change, self.entry = change, entry

    def make(self, **values: object) -> int:
        """Send it with these values; return how many rows it has changed and written down."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor != "postgresql":
            return self.change.make(**values) and self.entry.make(**values)
        update, old = self.change.given(values)
        insert, new = self.entry.given(values)
        table = database.ops.quote_name(self.change.built[0].model._meta.db_table)
        with database.cursor() as cursor:
            cursor.execute(f"WITH {table} AS ({update} RETURNING *) {insert}", [*old, *new])
            return int(cursor.rowcount)


def insert_from(
    model: type[models.Model], fields: list[str], rows: models.QuerySet[Any, Any]
) -> Compiled:
    """SQL that writes rows of a model made from rows of another table, without reading them."""
    quote = connection.ops.quote_name
    table = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(quote(table[name]) for name in fields)
    sql, params = rows.query.sql_with_params()
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {sql}", params
