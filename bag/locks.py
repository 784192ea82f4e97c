"""Turns for those who act for the same bag or person, by advisory locks of PostgreSQL."""

from typing import Any

from django.db import connection
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler

ADVISORY_LOCK = "pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock(name: str) -> None:
    """Let those who act for the same bag or person take turns until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {ADVISORY_LOCK}", [name])


class Lock(Func):
    """`lock` for a name, while a row is read: it saves a statement of its own."""

    template = ADVISORY_LOCK % "%(expressions)s"
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)
