"""How a migration takes the tables that it changes, while visitors use them (PostgreSQL)."""

import re
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.migration import Migration

# What locks tables, or rows in them, that visitors may wait for.
CHANGES = re.compile(r"\s*(?:ALTER|CREATE|DROP|UPDATE|DELETE)\b", re.IGNORECASE)
# Of these not even readers may be there; beside all others they may.
ALTERED = re.compile(
    r'\b(?:ALTER TABLE|DROP TABLE|DROP TRIGGER(?: IF EXISTS)? \w+ ON)(?: IF EXISTS)? "?(\w+)',
    re.IGNORECASE,
)
ALONE, WITH_READERS = "ACCESS EXCLUSIVE", "EXCLUSIVE"
WORD = re.compile(r"\w+")
QUOTED = re.compile(r'"(\w+)"')
# For what no statement names, such as a row that another one refers to.
BRIEFLY = "10ms"


class TableLocks:
    """Lets a migration wait for the first of its tables, and for none while it has one.

    Else it may wait for a visitor who waits for it. PostgreSQL looks for such a deadlock when
    somebody has waited for a second, and ends whoever looks: a visitor who stood at the first
    table while the migration was busy, and looks just when it waits for the second. That these
    two are one statement of the visitor's is enough, and no time-out of ours is short enough.

    So each statement's tables are locked before it, the first patiently, all others at once or
    not at all (`NOWAIT`). What is not free is known to the next try, which locks all that it
    knows at its beginning, that one first: where nothing is lost yet, and nobody held up.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        # What the database was told last.
        self.sql = ""
        self.tables: set[str] = set()
        # Table and lock, in the order in which they are taken.
        self.known: dict[str, str] = {}
        self.taken: dict[str, str] = {}

    def begin(self, migration: Migration) -> None:
        """Before each try. One that is no transaction has each lock for a statement or a batch."""
        self.taken = {}
        with self.connection.cursor() as cursor:
            tables = self.connection.introspection.table_names(cursor)
        self.tables = set(tables) if migration.atomic else set()

    def end(self) -> None:
        self.tables, self.known = set(), {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 (as Django calls it)
        if self.tables and CHANGES.match(sql):
            self.learn(sql)
            self.take()
        self.sql = sql
        return execute(sql, params, many, context)

    def learn(self, sql: str) -> None:
        altered = {*ALTERED.findall(sql)}
        for table in dict.fromkeys(WORD.findall(sql)):
            if table in self.tables and self.known.get(table) != ALONE:
                self.known[table] = ALONE if table in altered else WITH_READERS

    def take(self) -> None:
        for table, lock in [*self.known.items()]:
            if self.taken.get(table) == lock:
                continue
            try:
                self.lock(table, lock)
            except OperationalError:
                self.known = {table: lock, **self.known}
                raise
            self.taken[table] = lock

    def lock(self, table: str, lock: str) -> None:
        at_once = " NOWAIT" if self.taken else ""
        with self.connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table}" IN {lock} MODE{at_once}')
            if not self.taken:
                cursor.execute(f"SET LOCAL lock_timeout = '{BRIEFLY}'")

    @property
    def names(self) -> list[str]:
        """All in quotes: tables among columns and others, which no table is named like."""
        return QUOTED.findall(self.sql)

    @property
    def table(self) -> str:
        return self.names[0] if self.names else "a table"

    @property
    def words(self) -> str:
        """Without what may stand in it of somebody's."""
        return f"{' '.join(self.sql.split()[:2])} … {self.table}"
