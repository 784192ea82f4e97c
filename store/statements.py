"""Statements that are put together once and from then on only sent.

To turn a queryset of several subqueries into SQL takes longer than to have it
answered. The pages that everybody looks at keep theirs.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.sql.subqueries import UpdateQuery


class Statement:
    """A queryset that depends on one value only.

    `build` is called once, with `slot`: a value like the later ones that occurs nowhere else.
    """

    def __init__(self, build: Callable[[Any], models.QuerySet[Any, Any]], *, slot: object) -> None:
        self.build = build
        self.slot = slot

    @cached_property
    def compiled(self) -> tuple[models.QuerySet[Any, Any], str, tuple[object, ...]]:
        rows = self.build(self.slot)
        sql, params = rows.query.sql_with_params()
        if params.count(self.slot) != 1:
            raise ValueError(f"{self.slot!r} must occur once in {params!r}")
        return rows, sql, params

    def rows(self, value: object) -> list[Any]:
        """Read the rows for a value, as instances with their annotations."""
        rows, sql, _ = self.compiled
        return list(rows.model._default_manager.raw(sql, self.given(value)))

    def tuples(self, value: object) -> list[tuple[Any, ...]]:
        """Read the rows for a value as the driver gives them; for numbers and text only."""
        with connection.cursor() as cursor:
            cursor.execute(self.compiled[1], self.given(value))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def given(self, value: object) -> list[Any]:
        return [value if param == self.slot else param for param in self.compiled[2]]


class Change:
    """An UPDATE that depends on a few values only, put together once like a `Statement`.

    `rows` are changed to `values`; each of `slots` occurs once in both together, and is
    what a later value of that name takes the place of.
    """

    def __init__(
        self,
        build: Callable[..., tuple[models.QuerySet[Any], dict[str, Any]]],
        **slots: object,
    ) -> None:
        self.build = build
        self.slots = slots

    @cached_property
    def compiled(self) -> tuple[str, list[str | None], tuple[object, ...]]:
        rows, values = self.build(**self.slots)
        query: UpdateQuery = rows.query.chain(UpdateQuery)  # type: ignore[assignment]
        query.add_update_values(values)
        sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        names = {adapted(slot): name for name, slot in self.slots.items()}
        found = [names.get(param) for param in params]
        if sorted(filter(None, found)) != sorted(self.slots):
            raise ValueError(f"{self.slots!r} must occur once each in {params!r}")
        return sql, found, tuple(params)

    def make(self, **given: object) -> int:
        """Send it with these values; return how many rows it has changed."""
        sql, names, params = self.compiled
        sent: list[Any] = [
            adapted(given[name]) if name else param
            for name, param in zip(names, params, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, sent)
            return int(cursor.rowcount)


def adapted(value: object) -> object:
    """A value as the database wants it: SQLite has times as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
