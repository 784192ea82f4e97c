"""Two imports at once, on PostgreSQL: SQLite has one writer at a time anyway."""

from threading import Barrier, Thread

import pytest
from django.db import close_old_connections, connection

from store.imports import Report, importing
from store.models import Category, Item, Piece
from store.tests.csv_files import load, own_csv

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    {"stock_number": str(n), "title": f"Bowl {n % 7}", "category": f"C{n % 5}"} for n in range(60)
]


def import_together(*contents: bytes) -> list[Report]:
    start, reports = Barrier(len(contents)), []

    def run(content: bytes) -> None:
        close_old_connections()
        try:
            start.wait()
            reports.append(load(content))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reports


def test_the_same_file_four_times_at_once_makes_everything_once() -> None:
    reports = import_together(*[own_csv(*ROWS)] * 4)

    assert (Item.objects.count(), Piece.objects.count()) == (60, 60)
    assert Category.objects.count() == 5
    assert sum(report.created for report in reports) == 60
    assert [report.bad_rows for report in reports] == [[]] * 4


def test_batches_in_opposite_order_do_not_lock_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS_PER_BATCH", 7)
    load(own_csv(*ROWS))
    dearer = [{**row, "price": "99"} for row in ROWS]

    reports = import_together(own_csv(*dearer), own_csv(*reversed(dearer)))

    assert Item.objects.filter(price=99).count() == 60
    assert sum(report.updated for report in reports) == 60


def test_an_import_that_breaks_off_is_completed_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(position: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "ROWS_PER_BATCH", 7)
    with pytest.raises(KeyboardInterrupt):
        load(own_csv(*ROWS), on_progress=interrupt)
    assert (Item.objects.count(), Piece.objects.count()) == (7, 7)

    report = load(own_csv(*ROWS))

    assert (report.unchanged, report.created) == (7, 53)
