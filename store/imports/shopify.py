"""Shopify's product export: one row per variant or picture, those of a product share a handle.

The columns are described in Shopify's help pages under "Using CSV files to import and
export products". Further rows of a product leave out what the first one has said.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from store.imports.cells import Cells, line_of, pieces_of, yes_or_no
from store.imports.columns import key_of
from store.imports.html import plain_text
from store.imports.options import Options
from store.imports.rows import BadCells, Format, Picture, Row, item_field, piece_field
from store.imports.shop_csv import LONGEST_CATEGORY, category_of
from store.models import Item

OPTIONS = [1, 2, 3]
CONDITION = "Google Shopping / Condition"
QUANTITY = "Variant Inventory Qty"
OTHER = "Other"
LONGEST_REF = 300
LONGEST_HANDLE = 255
COLUMNS = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Product Category", "Published"),
    *(f"Option{number} {part}" for number in OPTIONS for part in ("Name", "Value")),
    *("Variant SKU", QUANTITY, "Variant Price", "Variant Requires Shipping", "Variant Image"),
    *("Image Src", "Image Position", "Image Alt Text", CONDITION, "Status", "Cost per item"),
]
# What Shopify calls some of them since 2025; files may have names of both times.
PRESENT_NAMES = {
    "URL handle": "Handle",
    "Description": "Body (HTML)",
    "Published on online store": "Published",
    "SKU": "Variant SKU",
    "Price": "Variant Price",
    "Inventory quantity": QUANTITY,
    "Requires shipping": "Variant Requires Shipping",
    "Product image URL": "Image Src",
    "Variant image URL": "Variant Image",
}


@dataclass(frozen=True)
class Product:
    """What all variants of a product have in common."""

    title: str
    category: str
    category_is_given: bool
    fields: dict[str, Any]
    option_names: list[str]
    left_out: dict[str, str]


class ShopifyFormat(Format):
    name = gettext_lazy("Shopify's product export")
    NAMES = {
        **{key_of(column): column for column in COLUMNS},
        **{key_of(present): column for present, column in PRESENT_NAMES.items()},
    }

    def __init__(self, written: list[str], options: Options) -> None:
        super().__init__(written, options)
        self.notes = [
            _("Shopify's export has no shipping prices: new items that can be sent are sent free.")
        ]
        # None where the first row of a product was bad.
        self.products: dict[str, Product | None] = {}
        # Of products by handle, of variants by reference.
        self.images: dict[str, list[Picture]] = defaultdict(list)
        self.own_images: dict[str, Picture] = {}
        self.refs: dict[str, list[str]] = defaultdict(list)

    @classmethod
    def recognises(cls, keys: set[str]) -> bool:
        names = {cls.NAMES.get(key) for key in keys}
        return {"Handle", "Title", "Variant Price"} <= names

    def row(self, line: int, texts: Mapping[str, str]) -> Row | None:
        cells = Cells(texts, options=self.options, shown=self.header.shown)
        handle = cells.read("Handle", lambda text: line_of(text, LONGEST_HANDLE), required=True)
        if cells.text("Image Src"):
            self.images[handle].append(picture_of(cells, "Image Src"))
        if handle in self.products and is_picture(texts):
            return None
        product = self.product(handle, cells)
        price = cells.read_field("Variant Price", item_field("price"), required=True)
        quantity = cells.read(QUANTITY, stock_of)
        sent = cells.read("Variant Requires Shipping", flag_or_yes)
        cost = cells.read_field("Cost per item", piece_field("purchase_price"))
        if cells.reasons:
            raise BadCells("; ".join(cells.reasons), cells.unclear)
        if not product:
            raise BadCells(_("the first row of this product could not be used"))
        variant = Variant(handle, product, texts)
        self.refs[handle].append(variant.ref)
        if cells.text("Variant Image"):
            self.own_images[variant.ref] = picture_of(cells, "Variant Image")
        fields = {**product.fields, "title": variant.title, "price": price}
        return Row(
            line=line,
            ref=variant.ref,
            stock_number=variant.stock_number,
            quantity=quantity,
            category=product.category,
            fields=fields if sent else {**fields, "shipping": None},
            fields_when_new={"condition": Item.Condition.GOOD, "shipping": 0 if sent else None},
            piece_fields={"purchase_price": cost},
            known_by_stock_number=False,
            category_is_given=product.category_is_given,
            left_out=product.left_out,
        )

    def product(self, handle: str, cells: Cells) -> Product | None:
        """Read what a first row says of its product; a further row repeats nothing."""
        if cells.text("Title") or handle not in self.products:
            product = product_of(cells)
            self.products[handle] = None if cells.reasons else product
        return self.products[handle]

    def pictures(self) -> Mapping[str, Sequence[Picture]]:
        """Those of its product for each variant, its own first."""
        found = {}
        for handle, refs in self.refs.items():
            of_product = sorted(self.images.get(handle, []), key=lambda image: image.position)
            for ref in refs:
                own = self.own_images.get(ref)
                others = [image for image in of_product if not own or image.url != own.url]
                found[ref] = [own, *others] if own else others
        return found

    def most_pictures(self) -> int:
        """Each variant may have all of its product: of one MB, that may be hundreds of millions."""
        shared = sum(
            len(self.images.get(handle, [])) * len(refs) for handle, refs in self.refs.items()
        )
        return shared + len(self.own_images)


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
    if cells.text(CONDITION):
        fields["condition"] = condition_of(texts[CONDITION])
    names = [cells.text(f"Option{number} Name") for number in OPTIONS]
    kind, taxonomy = cells.read("Type", category_of), cells.text("Product Category")
    # Such as "Home & Garden > Decor > Vases".
    leaf = short_enough(taxonomy.rpartition(">")[2].strip())
    return Product(
        title=cells.read("Title", lambda text: " ".join(text.split()), required=True),
        category=kind or leaf or cells.options.category or OTHER,
        category_is_given=bool(kind or leaf),
        fields=fields,
        option_names=["" if name == "Title" else name for name in names],
        left_out={cells.shown["Product Category"]: taxonomy} if taxonomy and kind else {},
    )


def short_enough(text: str) -> str:
    return text if len(text) <= LONGEST_CATEGORY else ""


def picture_of(cells: Cells, column: str) -> Picture:
    position = cells.text("Image Position")
    return Picture(
        url=cells.text(column),
        alt_text=cells.text("Image Alt Text"),
        position=int(position) if position.isdecimal() and len(position) < 4 else 0,
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
