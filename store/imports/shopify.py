"""Shopify's product export: one row per variant or picture, those of a product share a handle.

The columns are described in Shopify's help pages under "Using CSV files to import and
export products". Further rows of a product leave out what the first one has said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from store.imports.cells import Cells, line_of, pieces_of, yes_or_no
from store.imports.html import plain_text
from store.imports.rows import BadCells, Row, item_field, piece_field
from store.imports.shop_csv import category_of
from store.models import Item

REQUIRED = {"Handle", "Title", "Variant Price"}
OPTIONS = [1, 2, 3]
CONDITION = "Google Shopping / Condition"
QUANTITY = "Variant Inventory Qty"
NO_TYPE = "Other"
LONGEST_REF = 300
LONGEST_HANDLE = 255


@dataclass(frozen=True)
class Product:
    """What all variants of a product have in common."""

    title: str
    category: str
    fields: dict[str, Any]
    option_names: list[str]


class ShopifyFormat:
    name = _("Shopify's product export")

    def __init__(self, columns: list[str]) -> None:
        self.notes = [
            _("Shopify's export has no shipping prices: new items that can be sent are sent free.")
        ]
        # None where the first row of a product was bad.
        self.products: dict[str, Product | None] = {}

    @staticmethod
    def recognises(columns: list[str]) -> bool:
        return set(columns) >= REQUIRED

    def row(self, line: int, texts: Mapping[str, str]) -> Row | None:
        cells = Cells(texts)
        handle = cells.read("Handle", lambda text: line_of(text, LONGEST_HANDLE), required=True)
        if handle in self.products and is_picture(texts):
            return None
        product = self.product(handle, cells)
        price = cells.read_field("Variant Price", item_field("price"), required=True)
        quantity = cells.read(QUANTITY, stock_of)
        sent = cells.read("Variant Requires Shipping", flag_or_yes)
        if cells.reasons:
            raise BadCells("; ".join(cells.reasons))
        if not product:
            raise BadCells(_("the first row of this product could not be used"))
        variant = Variant(handle, product, texts)
        fields = {**product.fields, "title": variant.title, "price": price}
        return Row(
            line=line,
            ref=variant.ref,
            stock_number=variant.stock_number,
            quantity=quantity,
            category=product.category,
            fields=fields if sent else {**fields, "shipping": None},
            fields_when_new={"condition": Item.Condition.GOOD, "shipping": 0 if sent else None},
            known_by_stock_number=False,
        )

    def product(self, handle: str, cells: Cells) -> Product | None:
        """Read what a first row says of its product; a further row repeats nothing."""
        if cells.texts["Title"].strip() or handle not in self.products:
            product = product_of(cells)
            self.products[handle] = None if cells.reasons else product
        return self.products[handle]


class Variant:
    """One row of a product, seen as an item of its own. Raises BadCells."""

    def __init__(self, handle: str, product: Product, texts: Mapping[str, str]) -> None:
        values = [texts.get(f"Option{number} Value", "").strip() for number in OPTIONS]
        pairs = zip(product.option_names, values, strict=True)
        chosen = [(name, value) for name, value in pairs if value and value != "Default Title"]
        options = ", ".join(f"{name} {value}".strip() for name, value in chosen)
        values_chosen = [value for name, value in chosen]
        cells = Cells(
            {
                "title": " – ".join(filter(None, [product.title, options])),
                # A spreadsheet keeps a number as text behind an apostrophe.
                "SKU": texts.get("Variant SKU", "").strip().removeprefix("'")
                or slugify(" ".join([handle, *values_chosen]), allow_unicode=True),
                "Handle": f"shopify:{handle}:{' / '.join(values_chosen)}",
            }
        )
        self.title = cells.read_field("title", item_field("title"))
        self.stock_number = cells.read_field("SKU", piece_field("stock_number"), required=True)
        self.ref = cells.read("Handle", lambda text: line_of(text, LONGEST_REF))
        if cells.reasons:
            raise BadCells("; ".join(cells.reasons))


def product_of(cells: Cells) -> Product:
    texts = cells.texts
    fields: dict[str, Any] = {"description": plain_text(texts.get("Body (HTML)", ""))}
    if "Vendor" in texts:
        fields["maker"] = cells.read_field("Vendor", item_field("maker"))
    fields["published"] = cells.read("Published", flag_or_yes) and is_active(texts)
    if texts.get(CONDITION, "").strip():
        fields["condition"] = condition_of(texts[CONDITION])
    names = [texts.get(f"Option{number} Name", "").strip() for number in OPTIONS]
    return Product(
        title=cells.read("Title", lambda text: " ".join(text.split()), required=True),
        category=cells.read("Type", category_of) or NO_TYPE,
        fields=fields,
        option_names=["" if name == "Title" else name for name in names],
    )


def is_picture(texts: Mapping[str, str]) -> bool:
    """Whether a further row of a product only adds a picture."""
    columns = ["Title", "Variant Price", "Variant SKU", *(f"Option{n} Value" for n in OPTIONS)]
    return not any(texts.get(column, "").strip() for column in columns)


def is_active(texts: Mapping[str, str]) -> bool:
    """Drafts and archived products say so in a column that older exports lack."""
    return texts.get("Status", "").strip().casefold() in {"", "active"}


def flag_or_yes(text: str) -> bool:
    return yes_or_no(text) if text else True


def stock_of(text: str) -> int:
    """Shopify counts below zero what was sold beyond the stock."""
    if text.startswith("-") and text[1:].isdecimal():
        return 0
    return pieces_of(text)


def condition_of(text: str) -> str:
    """Google knows new, refurbished and used."""
    return Item.Condition.MINT if text.strip().casefold() == "new" else Item.Condition.GOOD
