"""What is kept about somebody, as tables for a page, as JSON, and with photos as a ZIP."""

import json
import logging
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from accounts.personal_data import SOURCES, Person, Source, StoredFile

logger = logging.getLogger(__name__)
# Beside names of fields, of what is reckoned from them.
WORDS = {
    "reference": "reference",
    "summary": "what",
    "shown_text": "text",
    "country_name": _("country"),
}


class Section(NamedTuple):
    """The rows of one source, each as its fields' names, values and words for people."""

    model: str
    heading: str
    rows: list[list["Cell"]]


class Cell(NamedTuple):
    name: str
    label: str
    value: Any
    words: str


def sections_of(person: Person) -> list[Section]:
    """What there is, without what there is nothing of."""
    found = []
    for source in SOURCES:
        rows = [cells_of(row, source) for row in source.rows(person).order_by("pk")]
        if rows:
            heading = str(source.model._meta.verbose_name_plural)
            found.append(Section(source.model._meta.label, heading, rows))
    return found


def cells_of(row: Model, source: Source) -> list[Cell]:
    return [cell_of(row, name, source) for name in source.fields]


def cell_of(row: Model, name: str, source: Source) -> Cell:
    value = getattr(row, name)
    shown = getattr(row, f"get_{name}_display", lambda: value)()
    if name in source.in_words:
        shown = source.in_words[name](value)
    return Cell(name, label_of(row, name), plain(value), in_words(shown))


def label_of(row: Model, name: str) -> str:
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return str(WORDS.get(name, name.replace("_", " ")))


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return str(localize(value))


def as_json(sections: list[Section]) -> str:
    """By model; of those that stand in two sections, one list."""
    found: dict[str, list[dict[str, Any]]] = {}
    for section in sections:
        rows = [{cell.name: cell.value for cell in row} for row in section.rows]
        found.setdefault(section.model, []).extend(rows)
    made = {"made_at": timezone.now().isoformat(), "data": found}
    return json.dumps(made, ensure_ascii=False, indent=2)


def files_of(person: Person) -> list[StoredFile]:
    return [
        file
        for source in SOURCES
        if source.files
        for row in source.rows(person).order_by("pk")
        for file in source.files(row)
    ]


class Pipe:
    """A file that hands on what is written to it, so that no archive is ever whole in memory."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def as_zip(person: Person) -> Iterator[bytes]:
    """All of it, part by part. What is read of the database is read at once."""
    sections, files = sections_of(person), files_of(person)
    pipe, missing = Pipe(), []
    page = render_to_string("accounts/my_data_file.html", {"sections": sections})
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("my-data.json", as_json(sections))
        archive.writestr("my-data.html", page)
        yield pipe.taken()
        for file in files:
            try:
                with file.storage.open(file.path) as stored:
                    # A photo is packed already.
                    archive.writestr(file.name, stored.read(), ZIP_STORED)
            except OSError:
                logger.exception("A photo could not be read for its owner")
                missing.append(file.name)
            yield pipe.taken()
        if missing:
            archive.writestr("not-read.txt", "\n".join(missing))
    yield pipe.taken()
