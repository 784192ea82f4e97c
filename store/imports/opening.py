"""A file once it is known what it is: rows of one of the formats."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from django.utils.translation import gettext as _

from money.currency import decimals_of
from store.imports.amounts import THOUSANDS_DIGITS
from store.imports.columns import key_of, nearest
from store.imports.etsy import EtsyFormat
from store.imports.options import KEEP, Options
from store.imports.problems import short
from store.imports.reading import Record, problem_of, read_records
from store.imports.recognising import Source, UnknownColumns, UnreadableFile, recognise
from store.imports.rows import BadCells, Format, Row
from store.imports.shop_csv import EXPORT_COLUMNS, OwnFormat, labels
from store.imports.shopify import ShopifyFormat
from store.imports.woocommerce import WooCommerceFormat

# Those whose columns are more their own come first.
FORMATS: list[type[Format]] = [ShopifyFormat, WooCommerceFormat, EtsyFormat, OwnFormat]
KNOWN = {key for each in FORMATS for key in each.NAMES}
# Each that is unknown is compared with ours and asked about.
MOST_COLUMNS = 500
# How programs keep spreadsheets from changing a number: ="00471".
FORMULA_OF_TEXT = re.compile(r'^="([^"]*)"$')


@dataclass(frozen=True)
class ReadRow:
    """One record: an item, or nothing but further words on one, or why it cannot be used."""

    line: int
    row: Row | None = None
    bad: BadCells | None = None
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass
class OpenFile:
    source: Source
    format: Format
    options: Options
    records: Iterator[Record]

    @property
    def undecided(self) -> dict[str, str]:
        """Unknown columns that nobody has spoken of, each with the nearest one that is free."""
        header = self.format.header
        if not self.format.asks_about_columns:
            return {}
        free = set(self.format.NAMES.values()) - set(header.names)
        return {
            column: nearest(column, free)
            for column in header.unknown
            if not self.options.column(column)
        }

    def check(self) -> None:
        """Raise UnknownColumns when columns are missing, or nobody knows what they are."""
        undecided, missing = self.undecided, self.format.missing
        sentences = [_("The column “%s” is missing.") % column for column in missing]
        for column, near in undecided.items():
            if near:
                names = {"column": short(column), "near": near}
                sentences.append(
                    _("The column “%(column)s” is unknown: do you mean “%(near)s”?") % names
                )
            else:
                sentences.append(
                    _("The column “%s” is unknown: ignore it or keep it.") % short(column)
                )
        if sentences:
            raise UnknownColumns(" ".join(sentences))

    def rows(self) -> Iterator[ReadRow]:
        header = self.format.header
        for record in self.records:
            record = without_empty_end(record, len(header.written))
            problem = problem_of(record, len(header.written), self.source)
            try:
                if problem:
                    raise BadCells(problem)
                cells = [FORMULA_OF_TEXT.sub(r"\1", cell) for cell in record.cells]
                row = self.format.row(record.line, header.known(cells))
            except BadCells as bad:
                yield ReadRow(record.line, bad=bad)
            else:
                yield self.with_others(ReadRow(record.line, row), header.others(cells))

    def with_others(self, read: ReadRow, others: dict[str, str]) -> ReadRow:
        """A row with what the format does not know, as somebody has decided."""
        if not read.row:
            return replace(read, left_out=others)
        kept = {c: text for c, text in others.items() if self.options.column(c) == KEEP}
        left_out = {c: text for c, text in others.items() if c not in kept}
        row = replace(read.row, kept=kept, left_out={**read.row.left_out, **left_out})
        return replace(read, row=row)


@contextmanager
def open_file(file: BinaryIO, options: Options) -> Iterator[OpenFile]:
    """Recognise a file by its bytes and its header. Raises UnreadableFile."""
    source = recognise(file, KNOWN | {*labels()}, options)
    with closing(read_records(file, source)) as records:
        columns = columns_of(next(records, None), source)
        options = as_we_write(columns, source, options)
        yield OpenFile(source, format_of(columns, source, options), options, records)


def as_we_write(columns: list[str], source: Source, options: Options) -> Options:
    """Where prices have three decimals, one of our own exports must not be asked about each."""
    # Behind them stand those of further languages.
    first = columns[: len(EXPORT_COLUMNS)]
    ours = [key_of(column) for column in first] == [key_of(column) for column in EXPORT_COLUMNS]
    if options.decimal or not ours or decimals_of() != THOUSANDS_DIGITS:
        return options
    return replace(options, decimal="comma" if source.separator == ";" else "point")


def without_empty_end(record: Record, width: int) -> Record:
    """Spreadsheets write empty cells for columns in which something once stood."""
    beyond = record.cells[width:]
    return record if any(map(str.strip, beyond)) else record._replace(cells=record.cells[:width])


def columns_of(header: Record | None, source: Source) -> list[str]:
    if header is None:
        raise UnreadableFile(_("This file is empty."))
    if problem := problem_of(header, len(header.cells), source):
        raise UnreadableFile(_("The header cannot be read: %s.") % problem)
    columns = [" ".join(cell.split()) for cell in header.cells]
    if (count := sum(map(bool, columns))) > MOST_COLUMNS:
        told = {"count": count, "most": MOST_COLUMNS}
        raise UnreadableFile(
            _(
                "This file has %(count)d columns, and %(most)d can be read:"
                " please delete those that are not needed."
            )
            % told
        )
    keys = [key_of(column) or column for column in columns]
    if double := [c for c, key in zip(columns, keys, strict=True) if key and keys.count(key) > 1]:
        raise UnreadableFile(_("The header names %s twice.") % short(double[0]))
    return columns


def format_of(columns: list[str], source: Source, options: Options) -> Format:
    keys = {key_of(column) for column in columns}
    chosen = {key_of(column) for column in options.columns.values()}
    for each in FORMATS:
        if each.recognises(keys | chosen if each is OwnFormat else keys):
            found = each(columns, options)
            check_names(found)
            return found
    raise UnreadableFile(
        _(
            "The header “%s” is neither that of our own columns nor that of a product file of"
            " Shopify, WooCommerce or Etsy."
        )
        % short(source.separator.join(columns))
    )


def check_names(found: Format) -> None:
    """Two columns of a file may be one of ours, such as a title and what is to be read as one."""
    names = [name for name in found.header.names if name]
    if double := {name for name in names if names.count(name) > 1}:
        raise UnreadableFile(_("The header names %s twice.") % double.pop())
