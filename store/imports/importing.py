from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import BinaryIO

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from store.history import record_arrivals
from store.imports.details import keep_details
from store.imports.look_alikes import LookAlikes
from store.imports.lookup import Known, look_up
from store.imports.opening import OpenFile, open_file
from store.imports.options import Options
from store.imports.pictures import queue_pictures
from store.imports.planning import Claims, Plan
from store.imports.report import MOST_TOLD, BadRow, HeldBack, Report, Thing
from store.imports.rows import Row
from store.models import ImportRun, Item, Piece
from store.search.vocabulary import note_words
from store.services import index_items

ROWS_PER_BATCH = 500
PIECES_PER_BATCH = 2000
# Any number that nothing else in this database locks.
IMPORT_LOCK = 5_511_000


@dataclass
class State:
    """What an import knows from batch to batch."""

    options: Options
    report: Report
    claims: Claims = field(default_factory=Claims)
    look_alikes: LookAlikes = field(default_factory=LookAlikes)
    # Rows with pieces of the margin scheme of which the file does not say what they cost.
    lacking_price: int = 0
    unpublished: list[BadRow] = field(default_factory=list)


def import_items(
    file: BinaryIO,
    *,
    dry_run: bool = False,
    options: Options | None = None,
    run: ImportRun | None = None,
    on_progress: Callable[[int], object] | None = None,
) -> Report:
    """Create and update items from a CSV file; the header says which format it has.

    Each batch of rows is one transaction: shoppers wait for a batch at most, a crash leaves
    whole rows only, and importing the file again completes it. What exists is
    found again, pieces that exist are never touched. Pictures are fetched later, for `run`.
    `on_progress` is told the number of bytes read so far. Raises UnreadableFile before
    anything is written.
    """
    options = options or Options()
    with open_file(file, options) as opened:
        opened.check()
        report = Report(
            dry_run, str(opened.format.name), str(opened.source), notes=opened.format.notes
        )
        state = State(options, report)
        for batch in batches(read_rows(opened, report)):
            write_batch(batch, state)
            if on_progress:
                on_progress(file.tell())
    if state.lacking_price:
        report.notes.append(warning_of(state.lacking_price))
    for row in state.unpublished:
        report.notes.append(_("Not published. %s") % row)
    finish(opened, report, run)
    return report


def warning_of(lacking_price: int) -> str:
    text = ngettext(
        "%d row of the margin scheme does not say what the thing cost: write it down, or its tax "
        "cannot be reckoned.",
        "%d rows of the margin scheme do not say what the things cost: write it down, or their tax "
        "cannot be reckoned.",
        lacking_price,
    )
    return text % lacking_price


def finish(opened: OpenFile, report: Report, run: ImportRun | None) -> None:
    report.bad_rows.sort()
    if opened.options.pictures:
        pictures = opened.format.pictures()
        if report.dry_run:
            report.pictures = sum(map(len, pictures.values()))
        else:
            report.pictures = queue_pictures(pictures, run)
    if report.created or report.updated:
        refresh_statistics(dry_run=report.dry_run)


def read_rows(opened: OpenFile, report: Report) -> Iterator[Row]:
    """Yield the rows that can be used; note the others in the report."""
    for read in opened.rows():
        report.rows += 1
        if read.bad:
            report.skip([BadRow(read.line, str(read.bad))])
            asked = {unclear.question for unclear in read.bad.unclear}
            report.questions += sorted(asked - set(report.questions))
        elif read.row:
            yield read.row
        else:
            report.leave_out(Thing(read.line, ""), read.left_out)


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


def write_batch(rows: Sequence[Row], state: State, *, once_more: bool = True) -> None:
    """Write rows in one transaction; once more, each in its own, if staff were faster."""
    try:
        plan = write(rows, state)
    except IntegrityError:
        if once_more:
            for row in rows:
                write_batch([row], state, once_more=False)
        else:
            reason = _("somebody else is changing this item at the same time")
            state.report.skip(BadRow(row.line, reason) for row in rows)
    else:
        tell(plan, state.report)
        state.lacking_price += plan.lacking_price
        state.unpublished += plan.unpublished[: MOST_TOLD - len(state.unpublished)]


@transaction.atomic
def write(rows: Sequence[Row], state: State) -> Plan:
    dry_run = state.report.dry_run
    if not dry_run:
        wait_for_other_imports()
    state.look_alikes.refresh()
    known = look_up(rows, lock=not dry_run)
    if state.options.look_alikes == "same":
        rows = as_their_twins(rows, known, state.look_alikes)
        known = look_up(rows, lock=not dry_run)
    plan = Plan(known, state.claims, state.look_alikes, state.options)
    for row in rows:
        plan.add(row)
    if not dry_run:
        for category in plan.categories:
            category.save()
        Item.objects.bulk_create(plan.new)
        note_words(item.search_text for item in plan.new)
        if plan.changed:
            Item.objects.bulk_update(plan.changed, sorted(plan.changed_fields))
        record_arrivals(Piece.objects.bulk_create(plan.pieces))
        index_items(item.pk for item in chain(plan.changed, plan.grown))
        keep_details(plan.done)
    return plan


def as_their_twins(rows: Sequence[Row], known: Known, look_alikes: LookAlikes) -> list[Row]:
    """Give rows that look like another thing of the shop the number of that thing."""
    found = []
    for row in rows:
        twin = None if known.find(row) else look_alikes.twin_of(row.stock_number)
        if twin and twin.item_id:
            row = replace(row, stock_number=twin.number, known_by_stock_number=True)
        found.append(row)
    return found


def tell(plan: Plan, report: Report) -> None:
    """Add to the report what a batch has done, or would do."""
    report.created += len(plan.new)
    report.updated += len(plan.changed) + len(plan.grown)
    report.unchanged += plan.unchanged
    report.pieces += len(plan.pieces)
    report.skip(plan.bad_rows)
    new = {id(item) for item in plan.new}
    changed = {item.pk for item in [*plan.changed, *plan.grown]}
    for row, item in plan.done:
        thing = Thing(row.line, item.title, item.pk)
        report.leave_out(thing, row.left_out)
        for column in row.kept:
            report.kept[column] = report.kept.get(column, 0) + 1
        if id(item) in new:
            report.new.append(thing)
        elif item.pk in changed:
            report.changed.append(thing)
    del report.new[MOST_TOLD:], report.changed[MOST_TOLD:]
    twins = {twin.item_id for _row, twin in plan.held_back}
    titles = dict(Item.with_bin.filter(pk__in=twins - {None}).values_list("pk", "title"))
    report.hold_back(
        HeldBack(
            row.line,
            row.stock_number,
            row.fields["title"],
            twin.number,
            titles.get(twin.item_id or 0, ""),
            twin.item_id,
            twin.line,
        )
        for row, twin in plan.held_back
    )


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
