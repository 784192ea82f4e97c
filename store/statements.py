"""Statements that are put together once and from then on only sent.

To turn a queryset of several subqueries into SQL takes longer than to have it
answered. The pages that everybody looks at keep theirs.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Statement(Generic[Row]):
    """A queryset that depends on one value only.

    `build` is called once, with `slot`: a value like the later ones that occurs nowhere else.
    """

    def __init__(self, build: Callable[[Any], models.QuerySet[Row]], *, slot: object) -> None:
        self.build = build
        self.slot = slot

    @cached_property
    def compiled(self) -> tuple[models.QuerySet[Row], str, tuple[object, ...]]:
        rows = self.build(self.slot)
        sql, params = rows.query.sql_with_params()
        if params.count(self.slot) != 1:
            raise ValueError(f"{self.slot!r} must occur once in {params!r}")
        return rows, sql, params

    def rows(self, value: object) -> list[Row]:
        """Read the rows for a value, as instances with their annotations."""
        rows, sql, params = self.compiled
        given = [value if param == self.slot else param for param in params]
        return list(rows.model._default_manager.raw(sql, given))
