from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import BinaryIO

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from store.history import record_arrivals
from store.imports.cells import short
from store.imports.lookup import look_up
from store.imports.planning import Claims, Plan
from store.imports.reading import Record, UnreadableFile, problem_of, read_records
from store.imports.report import BadRow, Report
from store.imports.rows import BadCells, Format, Row
from store.imports.shop_csv import OwnFormat
from store.imports.shopify import ShopifyFormat
from store.models import Item, Piece
from store.services import index_items

ROWS_PER_BATCH = 500
PIECES_PER_BATCH = 2000
# Any number that nothing else in this database locks.
IMPORT_LOCK = 5_511_000


def import_items(
    file: BinaryIO,
    *,
    dry_run: bool = False,
    on_progress: Callable[[int], object] | None = None,
) -> Report:
    """Create and update items from a CSV file; the header says which format it has.

    Each batch of rows is one transaction: shoppers wait for a batch at most, a crash leaves
    whole rows only, and importing the file again completes it. What exists is
    found again, pieces that exist are never touched. `on_progress` is told the number of
    bytes read so far. Raises UnreadableFile before anything is written.
    """
    with closing(read_records(file)) as records:
        columns = columns_of(next(records, None))
        file_format = format_of(columns)
        report = Report(dry_run=dry_run, format=file_format.name, notes=file_format.notes)
        claims = Claims()
        for batch in batches(read_rows(records, columns, file_format, report)):
            write_batch(batch, claims, report)
            if on_progress:
                on_progress(file.tell())
    report.bad_rows.sort()
    if report.created or report.updated:
        refresh_statistics(dry_run=dry_run)
    return report


def columns_of(header: Record | None) -> list[str]:
    if header is None:
        raise UnreadableFile(_("This file is empty."))
    if problem := problem_of(header, len(header.cells)):
        raise UnreadableFile(_("The header cannot be read: %s.") % problem)
    columns = [cell.strip() for cell in header.cells]
    if double := {column for column in columns if column and columns.count(column) > 1}:
        raise UnreadableFile(_("The header names %s twice.") % short(double.pop()))
    return columns


def format_of(columns: list[str]) -> Format:
    if ShopifyFormat.recognises(columns):
        return ShopifyFormat(columns)
    if OwnFormat.recognises(columns):
        return OwnFormat(columns)
    raise UnreadableFile(
        _(
            "The header “%s” is neither that of our own columns, separated by commas,"
            " nor that of a product export of Shopify."
        )
        % short(",".join(columns))
    )


def read_rows(
    records: Iterator[Record], columns: list[str], file_format: Format, report: Report
) -> Iterator[Row]:
    """Yield the rows that can be used; note the others in the report."""
    for record in records:
        report.rows += 1
        problem = problem_of(record, len(columns))
        try:
            if problem:
                raise BadCells(problem)
            row = file_format.row(record.line, dict(zip(columns, record.cells, strict=True)))
        except BadCells as bad:
            report.bad_rows.append(BadRow(record.line, str(bad)))
        else:
            if row:
                yield row


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    pieces = 0
    for row in rows:
        batch.append(row)
        pieces += row.quantity
        if len(batch) == ROWS_PER_BATCH or pieces > PIECES_PER_BATCH:
            yield batch
            batch, pieces = [], 0
    if batch:
        yield batch


def write_batch(
    rows: Sequence[Row], claims: Claims, report: Report, *, once_more: bool = True
) -> None:
    """Write rows in one transaction; once more, each in its own, if staff were faster."""
    try:
        plan = write(rows, claims, dry_run=report.dry_run)
    except IntegrityError:
        if once_more:
            for row in rows:
                write_batch([row], claims, report, once_more=False)
        else:
            reason = _("somebody else is changing this item at the same time")
            report.bad_rows += [BadRow(row.line, reason) for row in rows]
    else:
        report.created += len(plan.new)
        report.updated += len(plan.changed) + len(plan.grown)
        report.unchanged += plan.unchanged
        report.pieces += len(plan.pieces)
        report.bad_rows += plan.bad_rows


@transaction.atomic
def write(rows: Sequence[Row], claims: Claims, *, dry_run: bool) -> Plan:
    if not dry_run:
        wait_for_other_imports()
    plan = Plan(look_up(rows, lock=not dry_run), claims)
    for row in rows:
        plan.add(row)
    if not dry_run:
        for category in plan.categories:
            category.save()
        Item.objects.bulk_create(plan.new)
        if plan.changed:
            Item.objects.bulk_update(plan.changed, sorted(plan.changed_fields))
        record_arrivals(Piece.objects.bulk_create(plan.pieces))
        index_items(item.pk for item in chain(plan.changed, plan.grown))
    return plan


def refresh_statistics(*, dry_run: bool) -> None:
    """Tell PostgreSQL what is in its tables now; a search is slow until it knows."""
    if connection.vendor == "postgresql" and not dry_run:
        with connection.cursor() as cursor:
            for model in (Item, Piece):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def wait_for_other_imports() -> None:
    """Let imports take turns, batch by batch, so that none creates what another just has.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
