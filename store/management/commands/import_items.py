from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from store.imports import Options, Report, UnreadableFile, import_items
from store.imports.columns import key_of
from store.imports.options import IGNORE, KEEP
from store.imports.recognising import ENCODINGS, SEPARATORS, UnknownColumns
from store.imports.running import import_run
from store.imports.shop_csv import EXPORT_COLUMNS, LONGEST_CATEGORY
from store.models import ImportRun, Item

# What answers a question that a file leaves open.
ANSWERS = {"decimal": "--decimal point|comma", "dates": "--dates dmy|mdy"}


class Command(BaseCommand):
    help = (
        "Imports items from a CSV file with our own columns, or from a product file of Shopify, "
        "WooCommerce or Etsy."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("file", type=Path)
        add("--dry-run", action="store_true", help="check only, change nothing")
        add("--encoding", choices=ENCODINGS, default="", help="else recognised")
        add("--separator", choices=SEPARATORS, default="", help="else recognised")
        add("--decimal", choices=["point", "comma"], default="", help="what 45.000 is")
        add("--dates", choices=["dmy", "mdy"], default="", help="what 12/06/1979 is")
        add("--ignore", action="append", default=[], metavar="COLUMN", help="leave out a column")
        add("--keep", action="append", default=[], metavar="COLUMN", help="keep it for staff")
        add(
            "--read",
            action="append",
            default=[],
            metavar="COLUMN=OURS",
            help="read a column as one of ours, such as perod=period",
        )
        add("--other-columns", choices=[IGNORE, KEEP], default="", help="all other unknown ones")
        add("--unpublished", action="store_true", help="leave new things unpublished")
        add("--tax-scheme", choices=Item.TaxScheme.values, default="", help="of new things")
        add("--category", default="", help="of things of which the file does not say it")
        add(
            "--look-alikes",
            choices=["hold", "same", "new"],
            default="hold",
            help="hold back what looks like another thing (the default), or say what it is",
        )
        add("--no-pictures", action="store_true", help="fetch no pictures")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        """Exit status 1 when rows were skipped, 2 when the file is none to import."""
        try:
            report = read(file, chosen(options), dry_run=dry_run)
        except UnknownColumns as problem:
            hint = "Say what they are by --ignore, --keep or --read."
            raise CommandError(f"{file}: {problem} {hint}", returncode=2) from problem
        except (OSError, UnreadableFile) as problem:
            raise CommandError(f"{file}: {problem}", returncode=2) from problem
        for row in [*report.bad_rows, *report.held_back]:
            self.stderr.write(str(row))
        if more := report.more_bad_rows + report.more_held_back:
            self.stderr.write(f"And {more} more.")
        self.stdout.write(report.heading)
        for label, number in report.figures:
            self.stdout.write(f"{label + ':':<20} {number:>7}")
        for line in [report.source, *report.notes, *report.left_out_lines]:
            self.stdout.write(line)
        for question in report.questions:
            self.stderr.write(f"What is unclear is read by {ANSWERS[question]}.")
        if report.failure:
            raise CommandError(report.failure, returncode=1)


def chosen(options: dict[str, Any]) -> Options:
    """Raises CommandError for a column that is none of ours, and for too long a category."""
    columns = {
        **{key_of(column): IGNORE for column in options["ignore"]},
        **{key_of(column): KEEP for column in options["keep"]},
    }
    for pair in options["read"]:
        column, _equals, ours = pair.partition("=")
        if ours not in EXPORT_COLUMNS:
            raise CommandError(f"--read {pair}: our columns are {', '.join(EXPORT_COLUMNS)}")
        columns[key_of(column)] = ours
    if len(options["category"]) > LONGEST_CATEGORY:
        raise CommandError(f"--category is longer than {LONGEST_CATEGORY} characters")
    return Options(
        encoding=options["encoding"],
        separator=options["separator"],
        decimal=options["decimal"],
        dates=options["dates"],
        columns=columns,
        other_columns=options["other_columns"],
        published=not options["unpublished"],
        tax_scheme=options["tax_scheme"],
        category=options["category"],
        look_alikes=options["look_alikes"],
        pictures=not options["no_pictures"],
    )


def read(path: Path, options: Options, *, dry_run: bool) -> Report:
    # `disable=None`: no bar where nobody watches it grow.
    with (
        path.open("rb") as file,
        tqdm(total=path.stat().st_size, unit="B", unit_scale=True, disable=None) as bar,
    ):

        def show(position: int) -> None:
            bar.update(position - bar.n)

        if dry_run:
            return import_items(file, dry_run=True, options=options, on_progress=show)
        run = ImportRun(filename=path.name[:200], options=options.as_json())
        return import_run(run, file=file, on_progress=show)
