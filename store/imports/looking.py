"""A look at a file before anything of it is imported: its first rows, and what is unclear."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from money.filters import money
from store.imports.columns import Header, key_of
from store.imports.opening import OpenFile, ReadRow, open_file
from store.imports.options import Options
from store.imports.problems import Unclear, short
from store.imports.recognising import UnreadableFile
from store.imports.rows import Row, item_field, piece_field

FIRST_ROWS = 10
LONGEST_CELL = 60
# More in one file is refused: each view of it reads it all.
MOST_ROWS, MOST_PIECES = 25_000, 100_000
MOST_PICTURES = 250_000
MOST_LINES = 1_000_000
AMOUNTS = {"price", "shipping", "purchase_price"}


@dataclass(frozen=True)
class Question:
    """Where a file first reads in two ways; `message` says which."""

    line: int
    message: str
    count: int = 1

    def __str__(self) -> str:
        told = {"line": self.line, "message": self.message, "count": self.count}
        return (
            ngettext(
                "Line %(line)d: %(message)s.",
                "Line %(line)d: %(message)s; %(count)d cells are like this.",
                self.count,
            )
            % told
        )


@dataclass
class Look:
    source: str
    format: str
    # Columns that nobody has spoken of, with the nearest one of ours, and which of ours lack.
    undecided: dict[str, str]
    missing: list[str]
    # Every column that is unknown, and which of ours are free for those that are asked about.
    unknown: list[str]
    free: list[str]
    # By place in the file: the unknown ones, and those of which somebody has said what they are.
    asked: dict[int, str]
    # Some words, when it is not clear in which encoding they are.
    odd_words: str = ""
    headings: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str], str]] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    # How many rows there are in all.
    count: int = 0

    @property
    def missing_headings(self) -> list[str]:
        return [heading(name) for name in self.missing]

    @property
    def is_clear(self) -> bool:
        return not (self.undecided or self.missing or self.questions or self.odd_words)


def look_at(file: BinaryIO, options: Options) -> Look:
    """Read a whole file and write nothing. Raises UnreadableFile where no answer would help."""
    check_lines(file)
    with open_file(file, options) as opened:
        look = first_look(opened)
        if look.missing:
            if not look.unknown:
                opened.check()
            return look
        first: list[ReadRow] = []
        pieces = 0
        for look.count, read in enumerate(opened.rows(), 1):
            pieces += read.row.quantity if read.row else 0
            check_size(look.count, pieces)
            if len(first) < FIRST_ROWS and (read.row or read.bad):
                first.append(read)
            for unclear in read.bad.unclear if read.bad else ():
                ask(look, read.line, unclear)
        check_pictures(opened.format.most_pictures())
    show(look, first)
    return look


def check_lines(file: BinaryIO) -> None:
    """Raise UnreadableFile for too many lines, empty ones among them."""
    file.seek(0)
    content = file.read()
    if max(content.count(b"\n"), content.count(b"\r")) > MOST_LINES:
        text = _("This file has more than %d lines: please import it in parts.")
        raise UnreadableFile(text % MOST_LINES)


def check_size(rows: int, pieces: int) -> None:
    """Raise UnreadableFile for more than one import may bring."""
    if rows > MOST_ROWS:
        text = _("This file has more than %d rows: please import it in parts.")
        raise UnreadableFile(text % MOST_ROWS)
    if pieces > MOST_PIECES:
        text = _("This file has more than %d pieces: please import it in parts.")
        raise UnreadableFile(text % MOST_PIECES)


def check_pictures(pictures: int) -> None:
    """Raise UnreadableFile for more than one import may have fetched."""
    if pictures > MOST_PICTURES:
        text = _("This file has more than %d pictures: please import it in parts.")
        raise UnreadableFile(text % MOST_PICTURES)


def first_look(opened: OpenFile) -> Look:
    """What the header of a file says."""
    header, asks = opened.format.header, opened.format.asks_about_columns
    asked = columns_to_ask(header, opened.options) if asks else {}
    taken = {name for number, name in enumerate(header.names) if number not in asked}
    names = dict.fromkeys(opened.format.NAMES.values()) if asks else ()
    return Look(
        source=str(opened.source),
        format=str(opened.format.name),
        undecided=opened.undecided,
        missing=opened.format.missing,
        unknown=header.unknown,
        free=[name for name in names if name not in taken],
        asked=asked,
        odd_words=", ".join(opened.source.odd_words),
    )


def columns_to_ask(header: Header, options: Options) -> dict[int, str]:
    columns = enumerate(zip(header.written, header.names, strict=True))
    return {
        number: column
        for number, (column, name) in columns
        if column and (not name or options.columns.get(key_of(column)) == name)
    }


def ask(look: Look, line: int, unclear: Unclear) -> None:
    known = look.questions.get(unclear.question)
    look.questions[unclear.question] = (
        Question(known.line, known.message, known.count + 1)
        if known
        else Question(line, str(unclear))
    )


def show(look: Look, first: list[ReadRow]) -> None:
    """Write the first rows as they will be read, with the columns that any of them fills."""
    tables = [(read, shown(read.row) if read.row else {}) for read in first]
    names = dict.fromkeys(name for _read, cells in tables for name in cells)
    look.headings = [heading(name) for name in names]
    look.rows = [
        (read.line, [cells.get(name, "") for name in names], str(read.bad or ""))
        for read, cells in tables
    ]


def shown(row: Row) -> dict[str, str]:
    values: dict[str, Any] = {
        "stock_number": row.stock_number,
        "title": row.fields["title"],
        "category": row.category,
        **row.fields_when_new,
        **row.fields,
        "quantity": row.quantity,
        **{f"{field}:{language}": text for (field, language), text in row.translations.items()},
        **row.piece_fields,
        **row.kept,
    }
    texts = {name: in_words(name, value) for name, value in values.items()}
    return {name: text for name, text in texts.items() if text}


def in_words(name: str, value: Any) -> str:
    if value is None:
        return _("collection only") if name == "shipping" else ""
    if name in AMOUNTS and not isinstance(value, str):
        return money(Decimal(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return short(str(value))


def heading(name: str) -> str:
    """The name of a field as staff know it; other columns are called as in the file."""
    fields: Mapping[str, Any] = {
        **{field.name: field for field in item_field("title").model._meta.get_fields()},
        **{field.name: field for field in piece_field("item").model._meta.get_fields()},
    }
    if name == "quantity":
        return _("Pieces")
    column, _colon, language = name.partition(":")
    if column not in fields:
        return str(capfirst(name))
    called = str(capfirst(getattr(fields[column], "verbose_name", column)))
    return f"{called} ({language})" if language else called
