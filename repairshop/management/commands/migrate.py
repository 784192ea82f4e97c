"""Django's `migrate` for a shop that serves meanwhile: it never makes anybody queue for long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder

from repairshop.table_locks import TableLocks

# PostgreSQL's codes: lock_not_available, deadlock_detected; query_canceled.
COULD_NOT_LOCK = ("55P03", "40P01")
TOOK_TOO_LONG = "57014"
# Whoever holds a lock on one of these tables, the oldest transaction first.
HOLDERS = """
SELECT table_name, pid, state, seconds FROM (
    SELECT DISTINCT c.relname AS table_name, a.pid, a.state, a.xact_start,
        extract(epoch FROM clock_timestamp() - a.xact_start)::int AS seconds
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.granted AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p')
        AND a.datname = current_database() AND a.pid <> pg_backend_pid()
) held ORDER BY xact_start"""


class Command(migrate.Command):
    """A lock is waited for briefly, since all who come later queue behind whoever waits for one.

    Only by a migration that has none yet, see `TableLocks`.

    Then its migration is undone, all others go on for as long, and it is tried again: each
    migration is a transaction, so it is whole or not there. One that is none of these
    (`atomic = False`) goes in batches, and on from where it was.
    """

    locks: TableLocks | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-seconds", type=float, default=0.5, help="wait for a lock; 0: for ever"
        )
        parser.add_argument(
            "--tries", type=int, default=40, help="how often to try a migration that cannot lock"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            return
        locks, done, left = TableLocks(connection), -1, 0
        self.locks, blocks = locks, len(connection.atomic_blocks)
        with limits(connection, options["lock_seconds"]), connection.execute_wrapper(locks):
            while True:
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as failure:
                    # Django's schema editor leaves its transaction as it is when what it does
                    # last fails, such as a foreign key.
                    while len(connection.atomic_blocks) > blocks:
                        connection.atomic_blocks[-1].__exit__(type(failure), failure, None)
                    waited = f"\n{self.why(connection, failure, locks)}"
                    # Of each migration: those before it have come through.
                    before, done = done, len(MigrationRecorder(connection).applied_migrations())
                    left = options["tries"] - 1 if done > before else left - 1
                    if left < 1:
                        raise CommandError(f"{waited} {GIVES_UP}") from failure
                self.stdout.write(f"{waited} Others go first; {left} more tries.")
                time.sleep(options["lock_seconds"])

    def migration_progress_callback(
        self,
        action: str,
        migration: Migration | None = None,
        fake: bool = False,  # noqa: FBT001, FBT002 (as Django calls it)
    ) -> None:
        if self.locks and migration:
            if action.endswith("start"):
                self.locks.begin(migration)
            else:
                self.locks.end()
        super().migration_progress_callback(action, migration, fake)

    def why(
        self, connection: BaseDatabaseWrapper, failure: OperationalError, last: TableLocks
    ) -> str:
        """What it waited for; any other failure goes on as it is, or in words that tell more."""
        code = getattr(failure.__cause__, "pgcode", "")
        if code == TOOK_TOO_LONG:
            raise CommandError(f"\n{last.words}: {TOO_SLOW}") from failure
        if code not in COULD_NOT_LOCK:
            raise failure
        with connection.cursor() as cursor:
            cursor.execute(HOLDERS, [last.names])
            held = [
                f"{table} is used by process {pid} ({state}, in a transaction for {seconds} s)"
                for table, pid, state, seconds in cursor.fetchall()
            ]
        # They may have ended since.
        found = "; ".join(held) or f"{last.table} was in use until now"
        return f"Could not lock a table: {found}. What had been begun is undone."


GIVES_UP = (
    "Given up: the shop serves on as before, and migrations that were OK stay. Try again when "
    "that process has ended, or end it: SELECT pg_terminate_backend(...)."
)
TOO_SLOW = (
    "it took longer than MIGRATE_SECONDS allows, and is undone. The shop serves on as before. "
    "Set MIGRATE_SECONDS to more in a quiet hour."
)


@contextmanager
def limits(connection: BaseDatabaseWrapper, lock_seconds: float) -> Iterator[None]:
    """Of this connection's session: behind a pooler, `migrate` goes to the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {int(1000 * lock_seconds)}")
        cursor.execute(f"SET statement_timeout = {int(1000 * settings.MIGRATE_SECONDS)}")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
                cursor.execute("RESET statement_timeout")
