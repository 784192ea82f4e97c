import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from outside.bulkhead import Unavailable
from repairshop import __version__
from repairshop.backups.databases import save_database
from repairshop.backups.files import save_files
from repairshop.backups.folder import Manifest, NoBackup, new_folder
from repairshop.backups.kept_settings import settings_text


class Command(BaseCommand):
    help = (
        "Copy the whole shop into a new folder: database, pictures and photos, and the settings "
        "but for secrets. It may serve meanwhile. The folder holds personal data."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is new or empty")
        parser.add_argument(
            "--without-files",
            action="store_true",
            help="leave out pictures and photos, of which a bucket keeps versions",
        )

    def handle(self, *, folder: Path, without_files: bool, **options: Any) -> None:
        try:
            new_folder(folder)
        except NoBackup as problem:
            raise CommandError(str(problem)) from None
        # The folder may be moved later, to where others look into it.
        before = os.umask(0o077)
        try:
            made_at = timezone.now().isoformat(timespec="seconds")
            # First, for a file is there before its row and goes after it.
            rows = save_database(folder)
            if not without_files:
                save_files(folder)
            (folder / "settings.env").write_text(settings_text(), encoding="utf-8")
            manifest = Manifest(connection.vendor, __version__, made_at, rows)
            manifest.write(folder)
        except BaseException as problem:
            # Half of one would be taken for a backup.
            shutil.rmtree(folder)
            if isinstance(problem, NoBackup | OSError | Unavailable):
                raise CommandError(str(problem)) from None
            raise
        finally:
            os.umask(before)
        size = sum(size for size, _digest in manifest.files.values())
        self.stdout.write(
            f"{folder}: {sum(rows.values())} rows of {len(rows)} tables, "
            f"{len(manifest.files)} files, {size / 1e6:.1f} MB. SECRET_KEY and other secrets are "
            "not among them: keep these where you keep passwords."
        )
