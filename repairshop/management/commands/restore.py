import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from outside.bulkhead import Unavailable
from repairshop.backups.databases import (
    FILES,
    check_empty,
    check_trusted,
    count_rows,
    load_database,
)
from repairshop.backups.files import check_files, load_files
from repairshop.backups.folder import Manifest, NoBackup
from repairshop.backups.moving import move


class Command(BaseCommand):
    help = (
        "Bring a shop back from the folder of a backup, into an empty database. One that was "
        "made on SQLite moves to PostgreSQL where DATABASE_URL names that; so does an SQLite "
        "file such as db.sqlite3 alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", type=Path, help="a backup’s folder, or a file such as db.sqlite3"
        )
        parser.add_argument(
            "--trusted",
            action="store_true",
            help="restore as a superuser of PostgreSQL: the backup may then do all that one may",
        )

    def handle(self, *, source: Path, trusted: bool, **options: Any) -> None:
        try:
            check_empty()
            if source.is_file():
                self.report(self.move(source), files=0)
            else:
                self.restore(source, trusted=trusted)
        except (NoBackup, DatabaseError, sqlite3.DatabaseError, Unavailable) as problem:
            raise CommandError(str(problem)) from None

    def restore(self, folder: Path, *, trusted: bool) -> None:
        manifest = Manifest.read(folder)
        if damaged := list(manifest.damaged(folder)):
            message = f"Damaged or missing: {', '.join(damaged)}."
            raise NoBackup(message)
        check_files(folder, manifest.files)
        if manifest.engine == connection.vendor:
            check_trusted(trusted=trusted)
            load_database(folder)
            rows = count_rows(manifest.rows)
            if rows != manifest.rows:
                message = f"It had {manifest.rows} rows, and has {rows}."
                raise NoBackup(message)
            call_command("migrate", verbosity=0)
        else:
            rows = self.move(folder / FILES["sqlite"])
        self.report(rows, files=load_files(folder, manifest.files))

    def move(self, path: Path) -> dict[str, int]:
        if connection.vendor != "postgresql" or not path.exists():
            message = (
                "A backup is restored on the kind of database that it was made on, or moves from "
                "SQLite to PostgreSQL."
            )
            raise NoBackup(message)
        return move(path)

    def report(self, rows: dict[str, int], *, files: int) -> None:
        self.stdout.write(
            f"Restored {sum(rows.values())} rows of {len(rows)} tables, and {files} files that "
            "were not there. With another SECRET_KEY than before, everybody logs in anew."
        )
