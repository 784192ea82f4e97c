"""Our own columns, as `store.exports` writes them."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from store.imports.cells import Cells, line_of, pieces_of
from store.imports.columns import key_of, nearest
from store.imports.languages import check_languages, translated_columns
from store.imports.options import Options
from store.imports.rows import BadCells, Format, Row, item_field, piece_field
from store.models import Item

REQUIRED = ["stock_number", "title", "category", "condition", "price"]
ITEM_COLUMNS = [
    "title",
    "maker",
    "period",
    "materials",
    "condition",
    "height_cm",
    "width_cm",
    "depth_cm",
    "description",
    "price",
    "shipping",
]
PIECE_COLUMNS = ["purchase_price", "purchase_tax", "purchased_on", "purchased_from"]
AMOUNT_COLUMNS = ["price", "shipping", "purchase_price"]
# Most files leave these out; an export has them, so that nothing hidden becomes public.
PAPERS = ["watched_material", "certificate", "sent_to"]
SAFETY = ["maker_contact", "responsible_person", "safety_warnings"]
PARCEL = ["size_class", "weight_grams"]
SELDOM = [*PARCEL, "nature", "tax_scheme", *PAPERS, *SAFETY, "published"]
# For what the file leaves empty of these, the choice of who imports stands, or else the category.
CHOSEN = ["nature", "tax_scheme"]
COLUMNS = ["stock_number", "title", "category", *ITEM_COLUMNS[1:], "quantity", *PIECE_COLUMNS]
EXPORT_COLUMNS = [*COLUMNS, *SELDOM]

# A spreadsheet runs a cell with such a beginning as a formula.
# Some take the wide signs of East Asian keyboards for it, too.
# A spreadsheet of another country parts a text where it expects another sign between cells.
SIGN = r"[=+\-@\t\r＝＋－＠]"
# Some pass over what nobody sees before it.
BEFORE = "['\" \v\f\u00a0\u2007\u200b-\u200f\u202f\u2060\ufeff]*"
BEGINNING = rf"(?:(?<![^,;|\t])(?={BEFORE}{SIGN})|(?<=[\r\n])(?={BEFORE}[=@＝＠]))"
FORMULA = re.compile(BEGINNING)
QUOTED_FORMULA = re.compile(rf"{BEGINNING}'")
LONGEST_CATEGORY = 100
LEAST_COLUMNS = 3
OWN_PREFIX = "stock:"


def disarm(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, wherever a cell may begin."""
    return FORMULA.sub("'", text)


def rearm(text: str) -> str:
    """Undo `disarm`."""
    return QUOTED_FORMULA.sub("", text)


class OwnFormat(Format):
    name = gettext_lazy("Our own columns")
    NAMES = {key_of(column): column for column in EXPORT_COLUMNS}
    # In a file of our own columns somebody has typed what is unknown, so it is asked about.
    asks_about_columns = True
    # Field and language of each column, read once for a file.
    in_languages: Mapping[str, tuple[str, str]]

    def further_names(self, written: list[str], options: Options) -> Mapping[str, str]:
        self.in_languages = translated_columns()
        check_languages(written, self.in_languages)
        keys = map(key_of, written)
        said = {key: options.columns[key] for key in keys if key in options.columns}
        said = {key: column for key, column in said.items() if column in EXPORT_COLUMNS}
        # Without those whose proper name stands in the file, too.
        there = {self.NAMES.get(key_of(column)) for column in written} | {*said.values()}
        free = {key: column for key, column in labels().items() if column not in there}
        translated = {key_of(column): column for column in self.in_languages}
        return {**free, **translated, **said}

    @classmethod
    def recognises(cls, keys: set[str]) -> bool:
        """Whether it has some of our names, or nearly; everybody has two, a title and a price."""
        known = {*cls.NAMES, *labels()}
        return len([key for key in keys if nearest(key, known)]) >= LEAST_COLUMNS

    @property
    def missing(self) -> list[str]:
        needed = [c for c in REQUIRED if c != "category" or not self.options.category]
        return [column for column in needed if column not in self.header.names]

    def row(self, line: int, texts: Mapping[str, str]) -> Row:
        cells = Cells(
            {column: rearm(text) for column, text in texts.items()},
            options=self.options,
            shown=self.header.shown,
        )
        number_field = piece_field("stock_number")
        stock_number = cells.read_field("stock_number", number_field, required=True)
        category = cells.read("category", category_of, required=not self.options.category)
        fields = self.fields_of(cells)
        piece_fields = {
            column: cells.read_field(column, piece_field(column))
            for column in PIECE_COLUMNS
            if column in self.header.names
        }
        translations = {
            named: cells.read_field(column, item_field(named[0])) if cells.text(column) else ""
            for column, named in self.in_languages.items()
            if column in self.header.names
        }
        quantity = cells.read("quantity", pieces_of)
        if cells.reasons:
            raise BadCells("; ".join(cells.reasons), cells.unclear)
        return Row(
            line=line,
            ref=reference(stock_number),
            stock_number=stock_number,
            quantity=quantity,
            category=category or self.options.category,
            category_is_given=bool(category),
            fields=fields,
            piece_fields=piece_fields,
            translations=translations,
        )

    def fields_of(self, cells: Cells) -> dict[str, Any]:
        columns = [c for c in [*ITEM_COLUMNS, *SELDOM] if c in self.header.names]
        columns = [each for each in columns if each not in CHOSEN or cells.text(each)]
        return {
            column: cells.read_field(column, item_field(column), required=column in REQUIRED)
            for column in columns
        }


def labels() -> dict[str, str]:
    """Our columns by what people call them: as the admin does, amounts with the currency."""
    found = {}
    for column in EXPORT_COLUMNS:
        field = piece_field if column in {"stock_number", *PIECE_COLUMNS} else item_field
        names = _("Pieces") if column == "quantity" else field(column).verbose_name
        found[key_of(str(names))] = column
        if column in AMOUNT_COLUMNS:
            currency = settings.CURRENCY
            found |= {key_of(f"{name} {currency}"): column for name in (column, names)}
    return {key: column for key, column in found.items() if key not in OwnFormat.NAMES}


def category_of(text: str) -> str:
    return line_of(text, LONGEST_CATEGORY)


def reference(stock_number: str) -> str:
    return f"{OWN_PREFIX}{stock_number}"


def stock_number_of(item: Item) -> str:
    """The number under which an item without pieces is exported and found again."""
    ref = item.import_ref or ""
    return ref.removeprefix(OWN_PREFIX) if ref.startswith(OWN_PREFIX) else item.slug
