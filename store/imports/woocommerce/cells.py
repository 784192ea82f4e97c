"""What single cells of WooCommerce's export say, see its wiki's "Product CSV Import Schema"."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from store.imports.cells import Cells, choice_of, line_of, pieces_of, yes_or_no
from store.imports.dates import date_of
from store.imports.html import plain_text
from store.imports.problems import BadCell, short
from store.imports.rows import Picture, item_field

ATTRIBUTE = re.compile(r"attribute (\d+) (name|value s|visible|global|default)")
MEASURE = re.compile(r"(length|width|height) (mm|cm|m|in)")
SIDES = {"length": "depth_cm", "width": "width_cm", "height": "height_cm"}
CENTIMETRES = {"mm": Decimal("0.1"), "cm": Decimal(1), "m": Decimal(100), "in": Decimal("2.54")}
NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]+)?")
# Which field an attribute is, by its name in lower case.
OF_ATTRIBUTE = {
    **dict.fromkeys(["material", "materials"], "materials"),
    **dict.fromkeys(["period", "era", "year", "age"], "period"),
    **dict.fromkeys(["maker", "brand", "manufacturer", "artist"], "maker"),
    "condition": "condition",
}
# A comma within a value is written with a backslash.
COMMA = re.compile(r"(?<!\\),")
KINDS = {"simple", "variable", "variation"}


def kind_of(text: str) -> str:
    kinds = {kind.strip().casefold() for kind in text.split(",")} - {""} or {"simple"}
    if len(kinds) > 1 or not kinds <= KINDS:
        raise BadCell(_("“%s” is nothing of which there are pieces") % short(text))
    return kinds.pop()


def values_in(text: str) -> list[str]:
    values = (value.replace("\\,", ",").strip() for value in COMMA.split(text))
    return [value for value in values if value]


def description_of(cells: Cells) -> str:
    """The short description, then the long one. The export writes line ends as `\\n`."""
    texts = [
        plain_text(cells.text(column).replace("\\n", "\n"))
        for column in ("Short description", "Description")
    ]
    return "\n\n".join(filter(None, dict.fromkeys(texts)))


def category_in(text: str) -> tuple[str, bool]:
    """The narrowest category of the first path, and whether the cell says more than it."""
    paths = values_in(text)
    leaf = paths[0].rpartition(">")[2].strip() if paths else ""
    return line_of(leaf, 100), paths not in ([], [leaf])


def is_shown(cells: Cells) -> bool:
    """1 is public, 0 private, -1 a draft; what lists and search do not show is not either."""
    is_public = cells.text("Published") in {"", "1"}
    return is_public and cells.text("Visibility in catalog").casefold() != "hidden"


def price_of(cells: Cells) -> tuple[Decimal, dict[str, str]]:
    """What it costs today, and the other price."""
    field = item_field("price")
    regular = cells.read_field("Regular price", field, required=True)
    if not cells.text("Sale price"):
        return regular, {}
    sale = cells.read_field("Sale price", field)
    begin, end = (
        cells.read(column, lambda text: date_of(text, cells.options.dates) if text else None)
        for column in ("Date sale price starts", "Date sale price ends")
    )
    today = timezone.localdate()
    is_on = (begin or date.min) <= today <= (end or date.max)
    other = "Regular price" if is_on else "Sale price"
    return sale if is_on else regular, {cells.shown[other]: cells.text(other)}


def stock_of(cells: Cells) -> int:
    """Where nothing is counted, one; what is sold beyond the stock counts below zero."""
    in_stock = cells.text("In stock?").casefold()
    stock = cells.text("Stock")
    if in_stock and not (in_stock in {"1", "0"} and yes_or_no(in_stock)):
        return 0
    if stock.startswith("-") and NUMBER.fullmatch(stock[1:]):
        return 0
    return pieces_of("" if stock.casefold() == "parent" else stock)


def measures_of(cells: Cells) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Height, width and depth in whole millimetres, and what is no such number."""
    found, others = {}, {}
    for column, text in cells.texts.items():
        measure, text = MEASURE.fullmatch(column), text.strip()
        if measure and text and NUMBER.fullmatch(text):
            centimetres = Decimal(text.replace(",", ".")) * CENTIMETRES[measure[2]]
            found[SIDES[measure[1]]] = min(centimetres.quantize(Decimal("0.1")), Decimal(999_999))
        elif measure and text:
            others[cells.shown[column]] = text
    return found, others


def attributes_of(cells: Cells) -> tuple[dict[str, Any], dict[str, str]]:
    """What attributes say of fields that we have, and the others by name."""
    fields: dict[str, Any] = {}
    others: dict[str, str] = {}
    for column, text in cells.texts.items():
        attribute = ATTRIBUTE.fullmatch(column)
        if not attribute or attribute[2] != "name" or not text.strip():
            continue
        values = ", ".join(values_in(cells.text(f"attribute {attribute[1]} value s")))
        name = OF_ATTRIBUTE.get(text.strip().casefold(), "")
        try:
            if not name or name in fields:
                raise BadCell
            field = item_field(name)
            is_choice = name == "condition"
            fields[name] = (
                choice_of(values, field) if is_choice else line_of(values, field.max_length)
            )
        except BadCell:
            if values:
                others[text.strip()] = values
    return fields, others


def images_of(cells: Cells) -> list[Picture]:
    return [
        Picture(url, position=position)
        for position, url in enumerate(values_in(cells.text("Images")), 1)
    ]
