"""From bytes to numbered records. Damage stays in the row where it is."""

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from store.imports.recognising import Source, UnreadableFile

# Bytes that are no letters in an encoding are read as lone surrogates (PEP 383).
UNREADABLE = re.compile("[\ud800-\udfff\ufffd]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# A mark that is never closed is looked for so far, and so much is read twice for all of them: else
# each line of a file might be read as often as it has lines.
LONGEST_RECORD = 1_000_000
MOST_READ_TWICE = 10_000_000


class RecordTooLong(csv.Error):
    """A record goes on for longer than any that people write."""


class Record(NamedTuple):
    line: int
    last_line: int
    cells: list[str]
    problem: str = ""


class Lines(Iterator[str]):
    """The physical lines of a file, of which those of the last record can be given back."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.length = self.read_twice = self.number = 0

    def begin_record(self) -> None:
        self.taken.clear()
        self.length = 0

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.source)
        self.taken.append(line)
        self.number += 1
        self.length += len(line)
        if self.length > LONGEST_RECORD:
            raise RecordTooLong
        return line

    def give_back_all_but_one(self) -> None:
        """Raises UnreadableFile when that was too much in all."""
        self.read_twice += self.length - len(self.taken[0])
        if self.read_twice > MOST_READ_TWICE:
            raise UnreadableFile(_("In this file, too many quotation marks are not closed."))
        self.waiting.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def read_records(file: BinaryIO, source: Source) -> Generator[Record, None, None]:
    """Yield the records of a CSV file with their physical line numbers, header first.

    After a quotation mark that is never closed, reading goes on at the very next line,
    so that it costs its own row only. Raises UnreadableFile.
    """
    file.seek(0)
    # Codecs of two bytes a letter know no lone surrogates.
    errors = "replace" if source.encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, source.encoding, errors=errors, newline="")
    lines = Lines(text)
    try:
        if source.header_line > 1:
            next(lines)
        yield from records_of(lines, source.separator)
    except UnicodeError as problem:
        raise UnreadableFile(_("This file is not in %s.") % source.encoding_name) from problem
    finally:
        # Closing the file is the caller's business.
        text.detach()


def records_of(lines: Lines, separator: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.begin_record()
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back_all_but_one()
            yield Record(first, first, [], reason_of(error))
        else:
            if any(cell.strip() for cell in cells):
                yield Record(first, lines.number, cells)


def reason_of(error: csv.Error) -> str:
    if isinstance(error, RecordTooLong) or "field limit" in str(error):
        return _("a cell is too long, or a quotation mark is not closed")
    return _("a quotation mark is not closed, or one inside a cell is not doubled")


def problem_of(record: Record, width: int, source: Source) -> str:
    """What is wrong with a record before anybody looks at what its cells mean."""
    if record.problem:
        return record.problem
    if any(UNREADABLE.search(cell) for cell in record.cells):
        return _("not in %s: some letters cannot be read") % source.encoding_name
    if any(CONTROL.search(cell) for cell in record.cells):
        return _("contains a character that cannot be printed")
    if len(record.cells) != width:
        return wrong_width(record, width)
    return ""


def wrong_width(record: Record, width: int) -> str:
    found = {"found": len(record.cells), "width": width, "last": record.last_line}
    if record.last_line > record.line:
        return (
            _(
                "%(found)d cells instead of %(width)d, up to line %(last)d;"
                " is a quotation mark not closed?"
            )
            % found
        )
    return _("%(found)d cells instead of %(width)d") % found
