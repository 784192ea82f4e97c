"""A whole database in one file, and back: by PostgreSQL's own tools, or SQLite's online backup."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, connections, models, transaction

from repairshop.backups.folder import NoBackup

FILES = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
FUNCTIONS = (
    "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
)
RUNS_PROGRAMS = (
    "SELECT rolsuper OR pg_has_role(oid, 'pg_execute_server_program', 'MEMBER') "
    "FROM pg_roles WHERE rolname = current_user"
)
# Where PostgreSQL's tools read what a password may be in: commands are seen by all on a machine.
VARIABLES = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGDATABASE": "dbname",
    "PGSSLMODE": "sslmode",
    "PGUSER": "user",
    "PGPASSWORD": "password",
}
# What a shop has as soon as somebody has begun to use it.
USED = [
    *("accounts.User", "store.Item", "store.Order", "repairs_restorals.ServiceTicket"),
    "invoices.Invoice",
]


def tables() -> list[type[models.Model]]:
    """All that is kept, also by the apps that are not ours."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def count_rows(names: Iterable[str], using: str = "default") -> dict[str, int]:
    with connections[using].cursor() as cursor:
        return {name: count_of(cursor, name) for name in names}


def count_of(cursor: Any, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
    return int(cursor.fetchone()[0])


def check_no_pool() -> None:
    """Raise NoBackup where a pool stands before the database.

    What PostgreSQL's tools set for a session, such as in which schema tables are looked for, would
    be left in one of its connections, and the next visitor would find no table.
    """
    if settings.DATABASE_POOLED and not os.environ.get("DATABASE_OWNER_URL"):
        message = "A pool stands before the database: let DATABASE_OWNER_URL lead past it."
        raise NoBackup(message)


def save_database(folder: Path) -> dict[str, int]:
    """Write it as it is at one moment, and return how many rows each table has then."""
    check_no_pool()
    path = folder / FILES[connection.vendor]
    names = sorted(model._meta.db_table for model in tables())
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
            return {name: count_of(copy.cursor(), name) for name in names}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()
        tool("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
        return count_rows(names)


def check_empty() -> None:
    """Raise NoBackup when the shop is in use: nothing is ever overwritten."""
    there = set(connection.introspection.table_names())
    for label in USED:
        model = apps.get_model(label)
        if model._meta.db_table in there and model._base_manager.exists():
            message = (
                f"This shop has {model._meta.verbose_name_plural} of its own. Restore into an "
                "empty database, and let the shop use that one."
            )
            raise NoBackup(message)


def check_trusted(*, trusted: bool) -> None:
    """Raise NoBackup where what stands in a backup could run programs on the database's machine.

    `pg_restore` does whatever stands in it, as the role that the shop is there.
    """
    if trusted or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(RUNS_PROGRAMS)
        if cursor.fetchone()[0]:
            message = (
                "The shop’s role may run programs on the database’s machine, and a backup that "
                "somebody has changed could do so. Restore as a role that owns this database and "
                "no more, or say --trusted if nobody else could write into the folder."
            )
            raise NoBackup(message)


def load_database(folder: Path) -> None:
    """Make the database what it was; the shop is empty, and this a backup of the same kind."""
    check_no_pool()
    path = folder / FILES[connection.vendor]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(connection.connection)
        return
    empty_schema()
    name = connection.settings_dict["NAME"]
    connection.close()
    tool(
        *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"),
        *("--single-transaction", f"--dbname={name}", str(path)),
    )


def empty_schema() -> None:
    """Drop what a release has made already, perhaps a later one than that of the backup."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")
        cursor.execute(FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")


def tool(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's on this shop's database; raise NoBackup when it fails."""
    if not (program := shutil.which(name)):
        message = f"{name} is not installed; it comes with PostgreSQL (postgresql-client)."
        raise NoBackup(message)
    given = connection.get_connection_params()
    environment = {
        variable: str(given[key]) for variable, key in VARIABLES.items() if given.get(key)
    }
    done = subprocess.run(  # noqa: S603
        [program, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoBackup(f"{name} failed: {done.stderr.strip()}")
