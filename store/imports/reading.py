"""From bytes to numbered records. Damage stays in the row where it is."""

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

# Bytes that are no UTF-8 are read as lone surrogates (PEP 383).
NOT_UTF8 = re.compile("[\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK = b"PK\x03\x04"


class UnreadableFile(Exception):
    """The whole file cannot be imported; the message says why in one sentence."""


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
        self.number = 0

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.source)
        self.taken.append(line)
        self.number += 1
        return line

    def give_back_all_but_one(self) -> None:
        self.waiting.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def read_records(file: BinaryIO) -> Generator[Record, None, None]:
    """Yield the records of a CSV file in UTF-8 with their physical line numbers, header first.

    After a quotation mark that is never closed, reading goes on at the very next line,
    so that it costs its own row only. Raises UnreadableFile.
    """
    refuse_other_kinds(file)
    text = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from records_of(Lines(text))
    finally:
        # Closing the file is the caller's business.
        text.detach()


def records_of(lines: Lines) -> Iterator[Record]:
    reader = csv.reader(lines, strict=True)
    while True:
        lines.taken.clear()
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
    if "field limit" in str(error):
        return _("a cell is too long, or a quotation mark is not closed")
    return _("a quotation mark is not closed, or one inside a cell is not doubled")


def refuse_other_kinds(file: BinaryIO) -> None:
    start = file.read(4)
    file.seek(0)
    if start.startswith(UTF16):
        raise UnreadableFile(_("This file is in UTF-16: save it as “CSV UTF-8” and try again."))
    if start.startswith(WORKBOOK):
        raise UnreadableFile(_("This is a workbook: save it as “CSV UTF-8” and try again."))


def problem_of(record: Record, width: int) -> str:
    """What is wrong with a record before anybody looks at what its cells mean."""
    if record.problem:
        return record.problem
    if any(NOT_UTF8.search(cell) for cell in record.cells):
        return _("not in UTF-8: some letters cannot be read")
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
