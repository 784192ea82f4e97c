"""Etsy's file of a shop's listings ("Download data"): one row each, without prices of shipping.

It has neither categories nor a number for a listing, and of variations only their names.
"""

import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from store.imports.cells import Cells, line_of, pieces_of
from store.imports.columns import key_of
from store.imports.html import unescape
from store.imports.options import Options
from store.imports.problems import BadCell, short
from store.imports.rows import BadCells, Format, Picture, Row, item_field, piece_field
from store.models import Item

COLUMNS = ["TITLE", "DESCRIPTION", "PRICE", "CURRENCY_CODE", "QUANTITY", "MATERIALS", "SKU"]
PHOTO = re.compile(r"(?:image|photo) ?(\d{1,2})")
OTHER = "Other"
LONGEST_REF = 300


class EtsyFormat(Format):
    name = gettext_lazy("Etsy's listings")
    NAMES = {key_of(column): column for column in COLUMNS}

    def __init__(self, written: list[str], options: Options) -> None:
        super().__init__(written, options)
        self.notes = [
            _("Etsy's file has neither categories nor shipping prices: new items are sent free.")
        ]
        self.images: dict[str, Sequence[Picture]] = {}

    def further_names(self, written: list[str], options: Options) -> Mapping[str, str]:
        return {key: key for key in map(key_of, written) if PHOTO.fullmatch(key)}

    @classmethod
    def recognises(cls, keys: set[str]) -> bool:
        return {"title", "price", "currency code", "quantity"} <= keys

    def row(self, line: int, texts: Mapping[str, str]) -> Row:
        cells = Cells(
            {column: unescape(text) for column, text in texts.items()},
            options=self.options,
            shown=self.header.shown,
        )
        title = cells.read_field("TITLE", item_field("title"), required=True)
        cells.read("CURRENCY_CODE", check_currency)
        price = cells.read_field("PRICE", item_field("price"), required=True)
        quantity = cells.read("QUANTITY", pieces_of)
        materials = cells.read("MATERIALS", materials_of)
        numbers = [number.strip() for number in cells.text("SKU").split(",") if number.strip()]
        named = Cells(
            {
                "SKU": numbers[0] if numbers else slugify(title or "", allow_unicode=True)[:100],
                "TITLE": f"etsy:{numbers[0] if numbers else title}",
            }
        )
        number = named.read_field("SKU", piece_field("stock_number"), required=True)
        ref = named.read("TITLE", lambda text: line_of(text, LONGEST_REF))
        if reasons := cells.reasons + named.reasons:
            raise BadCells("; ".join(reasons), cells.unclear)
        self.images[ref] = images_of(cells)
        return Row(
            line=line,
            ref=ref,
            stock_number=number,
            quantity=quantity,
            category=self.options.category or OTHER,
            fields={
                "title": title,
                "description": cells.text("DESCRIPTION"),
                "price": price,
                "materials": materials,
            },
            fields_when_new={"condition": Item.Condition.GOOD, "shipping": 0},
            known_by_stock_number=False,
            category_is_given=False,
            left_out={self.header.shown["SKU"]: cells.text("SKU")} if len(numbers) > 1 else {},
        )

    def pictures(self) -> Mapping[str, Sequence[Picture]]:
        return self.images


def check_currency(text: str) -> None:
    if text and text.upper() != settings.CURRENCY:
        both = {"text": short(text), "ours": settings.CURRENCY}
        raise BadCell(_("is %(text)s, and this shop's prices are in %(ours)s") % both)


def materials_of(text: str) -> str:
    """Etsy writes `sterling_silver` for what has two words."""
    parts = (part.replace("_", " ").strip() for part in text.split(","))
    return line_of(", ".join(filter(None, parts)), item_field("materials").max_length)


def images_of(cells: Cells) -> list[Picture]:
    numbered = {
        int(photo[1]): text.strip()
        for column, text in cells.texts.items()
        if (photo := PHOTO.fullmatch(column)) and text.strip()
    }
    return [Picture(url, position=number) for number, url in sorted(numbered.items())]
