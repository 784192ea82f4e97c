from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from store.imports.cells import Cells, line_of
from store.imports.columns import key_of
from store.imports.options import Options
from store.imports.rows import BadCells, Format, Picture, Row, item_field, piece_field
from store.imports.woocommerce.cells import (
    ATTRIBUTE,
    MEASURE,
    attributes_of,
    category_in,
    description_of,
    images_of,
    is_shown,
    kind_of,
    measures_of,
    price_of,
    stock_of,
)
from store.models import Item

COLUMNS = [
    *("ID", "Type", "SKU", "Name", "Published", "Visibility in catalog", "Short description"),
    *("Description", "Date sale price starts", "Date sale price ends", "In stock?", "Stock"),
    *("Regular price", "Sale price", "Categories", "Images", "Parent", "Brands"),
]
OTHER = "Other"
LONGEST_REF = 300


@dataclass
class Product:
    """What a row says but for its price and pieces; a variation has the rest from its parent."""

    title: str
    category: str
    fields: dict[str, Any]
    options: dict[str, str]
    left_out: dict[str, str]
    images: list[Picture]


class WooCommerceFormat(Format):
    name = gettext_lazy("WooCommerce's product export")
    NAMES = {key_of(column): column for column in COLUMNS}

    def __init__(self, written: list[str], options: Options) -> None:
        super().__init__(written, options)
        self.notes = [
            _("WooCommerce's export has no shipping prices: new items are sent free."),
        ]
        self.parents: dict[str, Product] = {}
        self.images: dict[str, Sequence[Picture]] = {}

    def further_names(self, written: list[str], options: Options) -> Mapping[str, str]:
        keys = map(key_of, written)
        return {key: key for key in keys if ATTRIBUTE.fullmatch(key) or MEASURE.fullmatch(key)}

    @classmethod
    def recognises(cls, keys: set[str]) -> bool:
        return {"type", "name", "regular price"} <= keys

    def row(self, line: int, texts: Mapping[str, str]) -> Row | None:
        cells = Cells(texts, options=self.options, shown=self.header.shown)
        kind = cells.read("Type", kind_of)
        parent = self.parents.get(cells.text("Parent").casefold()) if kind == "variation" else None
        if kind == "variation" and not parent:
            raise BadCells(_("the product of this variation could not be used"))
        product = product_of(cells, parent)
        if kind == "variable":
            self.remember(cells, product)
            return None
        price, other_price = price_of(cells)
        quantity = cells.read("Stock", lambda _stock: stock_of(cells))
        number, ref = names_of(cells, product.title)
        check(cells)
        self.images[ref] = product.images
        return Row(
            line=line,
            ref=ref,
            stock_number=number,
            quantity=quantity,
            category=product.category or self.options.category or OTHER,
            fields={**product.fields, "title": product.title, "price": price},
            fields_when_new={"condition": Item.Condition.GOOD, "shipping": 0},
            known_by_stock_number=False,
            category_is_given=bool(product.category),
            left_out={**product.left_out, **other_price},
        )

    def remember(self, cells: Cells, product: Product) -> None:
        """Keep a product for its variations, which name its ID or its SKU."""
        check(cells)
        for name in (f"id:{cells.text('ID')}", cells.text("SKU")):
            self.parents[name.casefold()] = product

    def pictures(self) -> Mapping[str, Sequence[Picture]]:
        return self.images


def product_of(cells: Cells, parent: Product | None) -> Product:
    attributes, options = attributes_of(cells)
    measures, left_out = measures_of(cells)
    category, has_more = cells.read("Categories", category_in) or ("", False)
    if has_more:
        left_out[cells.shown["Categories"]] = cells.text("Categories")
    fields: dict[str, Any] = {"description": description_of(cells), **measures, **attributes}
    if cells.text("Brands"):
        fields["maker"] = cells.read_field("Brands", item_field("maker"))
    name = cells.text("Name") or (parent.title if parent else "")
    if parent:
        description = fields["description"] or parent.fields["description"]
        fields = {**parent.fields, **fields, "description": description}
        if name == parent.title and options:
            name = f"{name} – {', '.join(' '.join(option) for option in options.items())}"
        options = {}
    fields["published"] = is_shown(cells) and (not parent or parent.fields["published"])
    named = Cells({"Name": name}, shown=cells.shown)
    title = named.read_field("Name", item_field("title"), required=True)
    cells.reasons += named.reasons
    return Product(
        title=title or "",
        category=category or (parent.category if parent else ""),
        fields=fields,
        options=options,
        left_out={**left_out, **options},
        images=[*images_of(cells), *(parent.images if parent else [])],
    )


def names_of(cells: Cells, title: str) -> tuple[str, str]:
    """The stock number, and what the item is known by: its ID, which a shop never changes."""
    number = cells.text("ID")
    sku = cells.text("SKU").removeprefix("'")
    named = Cells(
        {
            "SKU": sku or (f"woo-{number}" if number else slugify(title, allow_unicode=True)),
            "ID": f"woocommerce:{number or sku or title}",
        },
        shown=cells.shown,
    )
    stock_number = named.read_field("SKU", piece_field("stock_number"), required=True)
    ref = named.read("ID", lambda text: line_of(text, LONGEST_REF))
    cells.reasons += named.reasons
    return stock_number, ref


def check(cells: Cells) -> None:
    if cells.reasons:
        raise BadCells("; ".join(cells.reasons), cells.unclear)
