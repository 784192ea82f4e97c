"""Imports that are written down: who sent which file, and what became of it."""

import io
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import BinaryIO

from django.db.models.functions import Now

from accounts.models import User
from store.imports.importing import import_items
from store.imports.options import Options
from store.imports.recognising import UnreadableFile
from store.imports.report import Report
from store.models import ImportRun

KEEP_QUESTIONS = timedelta(days=1)
KEEP_REPORTS = timedelta(days=90)


def record_file(*, filename: str, content: bytes, options: Options, user: User) -> ImportRun:
    """Keep a file about which there are questions."""
    return ImportRun.objects.create(
        user=user,
        filename=filename[:200],
        content=zlib.compress(content),
        options=options.as_json(),
    )


def file_of(run: ImportRun) -> BinaryIO:
    return io.BytesIO(zlib.decompress(bytes(run.content or b"")))


def import_run(
    run: ImportRun,
    *,
    file: BinaryIO | None = None,
    on_progress: Callable[[int], object] | None = None,
) -> Report:
    """Import a file that is kept, or `file`, and keep the report instead of it.

    Who does it twice at once imports everything once; the report is that of the first who ends.
    Raises UnreadableFile, and leaves no run that is not there yet.
    """
    options, is_new = Options.from_json(run.options), run.pk is None
    if is_new:
        # Pictures name it.
        run.save()
    try:
        report = import_items(
            file or file_of(run), options=options, run=run, on_progress=on_progress
        )
    except UnreadableFile:
        if is_new:
            run.delete()
        raise
    ImportRun.objects.filter(pk=run.pk, finished_at=None).update(
        finished_at=Now(), content=None, report=report.as_json()
    )
    run.refresh_from_db()
    return report


def forget_imports() -> int:
    """Delete files whose questions nobody answered, and old reports; return how many."""
    waiting = ImportRun.objects.filter(finished_at=None, created_at__lt=Now() - KEEP_QUESTIONS)
    old = ImportRun.objects.filter(finished_at__lt=Now() - KEEP_REPORTS)
    return waiting.delete()[0] + old.delete()[0]
