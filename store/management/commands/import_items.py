from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from store.imports import Report, UnreadableFile, import_items


class Command(BaseCommand):
    help = "Imports items from a CSV file with our own columns or from Shopify's product export."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        """Exit status 1 when rows were skipped, 2 when the file is none to import."""
        try:
            report = read(file, dry_run=dry_run)
        except (OSError, UnreadableFile) as problem:
            raise CommandError(f"{file}: {problem}", returncode=2) from problem
        for row in report.bad_rows:
            self.stderr.write(str(row))
        self.stdout.write(report.heading)
        for label, number in report.figures:
            self.stdout.write(f"{label + ':':<16} {number:>7}")
        for note in report.notes:
            self.stdout.write(note)
        if report.failure:
            raise CommandError(report.failure, returncode=1)


def read(path: Path, *, dry_run: bool) -> Report:
    # `disable=None`: no bar where nobody watches it grow.
    with (
        path.open("rb") as file,
        tqdm(total=path.stat().st_size, unit="B", unit_scale=True, disable=None) as bar,
    ):
        return import_items(
            file, dry_run=dry_run, on_progress=lambda position: bar.update(position - bar.n)
        )
