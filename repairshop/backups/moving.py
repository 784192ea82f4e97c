"""From SQLite to PostgreSQL: the same rows, and what comes next is numbered as if nothing was."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.models.sql import InsertQuery

from repairshop.backups.databases import check_no_pool, count_rows, tables
from repairshop.backups.folder import NoBackup

SOURCE = "source"
CHUNK = 1000


def move(path: Path) -> dict[str, int]:
    """Copy all rows of an SQLite database into this shop's PostgreSQL; return their numbers.

    All of it in one transaction: should it stop half-way, nothing has come.
    """
    check_no_pool()
    call_command("migrate", verbosity=0)
    with source_of(path):
        with transaction.atomic():
            copy_rows()
        names = [model._meta.db_table for model in tables()]
        moved, there = count_rows(names, SOURCE), count_rows(names)
    if moved != there:
        message = f"Of {moved} rows {there} have come."
        raise NoBackup(message)
    return there


@contextmanager
def source_of(path: Path) -> Iterator[None]:
    """A copy of the database, with today's tables, which Django asks as `source`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source.sqlite3"
        read_only = f"{path.resolve().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(read_only, uri=True)) as old,
            closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
        migrate(copy)
        connections.databases[SOURCE] = {
            **connections.databases["default"],
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(copy),
            "OPTIONS": {},
        }
        try:
            yield
        finally:
            connections[SOURCE].close()
            del connections[SOURCE], connections.databases[SOURCE]


def migrate(copy: Path) -> None:
    """In a process of its own: migrations that fill in rows would ask this shop's database."""
    others = {
        f"{name}{file}" for name in ("DATABASE_URL", "DATABASE_OWNER_URL") for file in ("", "_FILE")
    }
    environment = {name: value for name, value in os.environ.items() if name not in others}
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--verbosity=0"],
        env={**environment, "DATABASE_URL": f"sqlite:///{copy}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"The database to be moved cannot be brought up to date: {done.stderr.strip()}"
        raise NoBackup(message)


def copy_rows() -> None:
    """As they are: triggers guard against what a shop may not do, such as changing an invoice."""
    all_models = tables()
    names = [connection.ops.quote_name(model._meta.db_table) for model in all_models]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        # What migrations have filled in has other numbers there.
        cursor.execute(f"TRUNCATE {', '.join(names)}")
        for model in all_models:
            try:
                copy_table(model)
            except DatabaseError as problem:
                message = f"{model._meta.db_table}: {problem}"
                raise NoBackup(message) from problem
        for statement in connection.ops.sequence_reset_sql(no_style(), all_models):
            cursor.execute(statement)
        # Whether each row has what it refers to; a table that still waits for that has no triggers.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def copy_table(model: type[models.Model]) -> None:
    """As a fixture is loaded, but many rows at a time: no field fills in anything by itself."""
    fields = model._meta.concrete_fields
    rows = iter(model._base_manager.using(SOURCE).order_by("pk").iterator(CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        query: Any = InsertQuery(model)
        query.insert_values(fields, chunk, raw=True)
        query.get_compiler("default").execute_sql()
