"""Product files of WooCommerce, Etsy and today's Shopify."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from store.models import Item, PictureFetch, Piece
from store.tests.csv_files import load, reasons

pytestmark = pytest.mark.django_db

JUG = {
    "ID": "12",
    "Type": "simple",
    "SKU": "J-1",
    "Name": "Pewter jug",
    "Published": "1",
    "Visibility in catalog": "visible",
    "In stock?": "1",
    "Regular price": "45",
    "Categories": "Home > Jugs",
}
SHIRT = {
    **JUG,
    "ID": "20",
    "Type": "variable",
    "SKU": "S",
    "Name": "Shirt",
    "Regular price": "",
    "Images": "https://shop.example/shirt.jpg",
}
LARGE = {
    **dict.fromkeys(JUG, ""),
    "ID": "21",
    "Type": "variation",
    "Parent": "id:20",
    "Regular price": "20",
    "Attribute 1 name": "Size",
    "Attribute 1 value(s)": "Large",
    "Published": "1",
    "In stock?": "1",
    "Stock": "3",
}
LISTING = {
    "TITLE": "Bowl, 19th c. &amp; signed",
    "DESCRIPTION": "It&#39;s old.",
    "PRICE": "45.00",
    "CURRENCY_CODE": "EUR",
    "QUANTITY": "2",
    "TAGS": "bowl,old_things",
    "MATERIALS": "sterling_silver,Wood",
    "IMAGE1": "https://img.example/1.jpg",
    "IMAGE2": "",
    "IMAGE10": "https://img.example/10.jpg",
    "VARIATION 1 VALUES": "",
    "SKU": "B-1",
}
POT = {
    "Title": "Pot",
    "URL handle": "pot",
    "Description": "<p>Small</p>",
    "Vendor": "Potter",
    "Product category": "Home & Garden > Decor > Vases",
    "Type": "",
    "Published on online store": "TRUE",
    "Status": "Active",
    "SKU": "P-1",
    "Option1 name": "Size",
    "Option1 value": "Small",
    "Price": "45.00",
    "Compare-at price": "60.00",
    "Cost per item": "20.00",
    "Charge tax": "TRUE",
    "Inventory quantity": "1",
    "Requires shipping": "TRUE",
    "Product image URL": "https://img.example/2.jpg",
    "Image position": "2",
    "Image alt text": "A pot",
    "Variant image URL": "",
}


def file_of(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    columns = dict.fromkeys(column for row in rows for column in row)
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def urls(**item: Any) -> list[str]:
    found = PictureFetch.objects.filter(**{f"item__{name}": value for name, value in item.items()})
    return list(found.order_by("position", "pk").values_list("url", flat=True))


def test_a_product_of_woocommerce() -> None:
    row = {
        **JUG,
        "Short description": "<b>Small</b>",
        "Description": r"<p>Old</p>\n<p>Fine</p>",
        "Images": r"https://shop.example/a\,b.jpg, https://shop.example/2.jpg",
        "Height (cm)": "12.5",
        "Length (in)": "2",
        "Attribute 1 name": "Material",
        "Attribute 1 value(s)": "Pewter, Tin",
        "Attribute 2 name": "Colour",
        "Attribute 2 value(s)": "Grey",
        "Tags": "old, tin",
        "Meta: _color": "x",
    }

    report = load(file_of(row))

    item = Item.objects.get()
    assert (item.title, item.price, item.category.name) == ("Pewter jug", Decimal(45), "Jugs")
    assert (item.description, item.materials) == ("Small\n\nOld\nFine", "Pewter, Tin")
    assert (item.height_cm, item.depth_cm) == (Decimal("12.5"), Decimal("5.1"))
    assert (item.published, item.shipping, Piece.objects.get().stock_number) == (
        True,
        Decimal(0),
        "J-1",
    )
    assert urls() == ["https://shop.example/a,b.jpg", "https://shop.example/2.jpg"]
    assert {"Categories", "Colour", "Tags", "Meta: _color"} == set(report.left_out)


def test_the_same_file_of_woocommerce_again_changes_nothing() -> None:
    content = file_of(JUG, SHIRT, LARGE)
    load(content)

    report = load(content)

    assert (report.unchanged, report.created, report.updated, report.pictures) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "price", "other"),
    [
        ({"Sale price": "40"}, 40, "Regular price"),
        ({"Sale price": "40", "Date sale price ends": "2001-01-31"}, 45, "Sale price"),
        ({"Sale price": "40", "Date sale price starts": "9999-01-01"}, 45, "Sale price"),
        ({"Sale price": ""}, 45, None),
    ],
)
def test_a_sale_of_woocommerce_is_the_price_while_it_lasts(
    changes: dict[str, str], price: int, other: str | None
) -> None:
    report = load(file_of({**JUG, **changes, "Categories": "Jugs"}))

    assert Item.objects.get().price == price
    assert list(report.left_out) == ([other] if other else [])


def test_a_sale_that_ends_today_is_on() -> None:
    today = timezone.localdate()
    row = {
        **JUG,
        "Sale price": "40",
        "Date sale price starts": str(today - timedelta(days=1)),
        "Date sale price ends": str(today),
    }

    load(file_of(row))

    assert Item.objects.get().price == 40


@pytest.mark.parametrize(
    ("changes", "pieces"),
    [
        ({"Stock": "3"}, 3),
        ({"Stock": ""}, 1),
        ({"Stock": "", "In stock?": "0"}, 0),
        ({"Stock": "-2"}, 0),
        ({"Stock": "2", "In stock?": "backorder"}, 0),
    ],
)
def test_the_stock_of_woocommerce(changes: dict[str, str], pieces: int) -> None:
    load(file_of({**JUG, **changes}))

    assert Piece.objects.count() == pieces


@pytest.mark.parametrize(
    "changes", [{"Published": "0"}, {"Published": "-1"}, {"Visibility in catalog": "hidden"}]
)
def test_what_woocommerce_does_not_show_is_not_published(changes: dict[str, str]) -> None:
    load(file_of({**JUG, **changes}))

    assert not Item.objects.get().published


def test_a_variation_has_from_its_product_what_it_does_not_say() -> None:
    report = load(file_of(SHIRT, LARGE))

    item = Item.objects.get()
    assert (report.rows, report.created, report.pieces, report.bad_rows) == (2, 1, 3, [])
    assert (item.title, item.price, item.category.name) == (
        "Shirt – Size Large",
        Decimal(20),
        "Jugs",
    )
    assert urls() == ["https://shop.example/shirt.jpg"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Type": "grouped"}, "Type “grouped” is nothing of which there are pieces"),
        ({"Type": "simple, virtual"}, "is nothing of which there are pieces"),
        ({"Type": "variation", "Parent": "id:99"}, "the product of this variation"),
        ({"Name": ""}, "Name is missing"),
        ({"Regular price": ""}, "Regular price is missing"),
        ({"Regular price": "free"}, "Regular price “free” is not a number"),
        ({"Stock": "1.5"}, "Stock “1.5” is not a whole number"),
    ],
)
def test_a_bad_row_of_woocommerce(changes: dict[str, str], reason: str) -> None:
    report = load(file_of({**JUG, **changes}, {**JUG, "ID": "13", "SKU": "J-2"}))

    assert report.created == 1
    assert reason in reasons(report)[0]


def test_a_listing_of_etsy() -> None:
    report = load(file_of(LISTING))

    item = Item.objects.get()
    assert (item.title, item.description) == ("Bowl, 19th c. & signed", "It's old.")
    assert (item.price, item.materials) == (Decimal(45), "sterling silver, Wood")
    assert list(item.pieces.values_list("stock_number", flat=True)) == ["B-1", "B-1-2"]
    assert urls() == ["https://img.example/1.jpg", "https://img.example/10.jpg"]
    assert list(report.left_out) == ["TAGS"]


def test_a_sign_of_no_number_costs_no_listing() -> None:
    load(file_of({**LISTING, "DESCRIPTION": f"A bowl&#{'9' * 5000};"}))

    assert Item.objects.get().description == "A bowl\ufffd"


def test_a_listing_without_a_number_is_known_again() -> None:
    content = file_of({**LISTING, "SKU": ""})
    load(content)

    assert load(content).unchanged == 1


def test_prices_in_another_currency_are_refused() -> None:
    report = load(file_of({**LISTING, "CURRENCY_CODE": "USD"}))

    assert "is USD, and this shop's prices are in EUR" in reasons(report)[0]


def test_the_present_names_of_shopify() -> None:
    report = load(file_of(POT))

    item, piece = Item.objects.get(), Piece.objects.get()
    assert (item.title, item.price, item.maker) == ("Pot – Size Small", Decimal(45), "Potter")
    assert (item.category.name, item.description, item.published) == ("Vases", "Small", True)
    assert (piece.stock_number, piece.purchase_price) == ("P-1", Decimal(20))
    assert {"Compare-at price", "Charge tax"} == set(report.left_out)
    fetch = PictureFetch.objects.get()
    assert (fetch.item, fetch.alt_text, fetch.position) == (item, "A pot", 2)


def test_reasons_name_a_column_as_the_file_does() -> None:
    report = load(file_of({**POT, "Price": "x"}))

    assert reasons(report) == ["Line 2: Price “x” is not a number like 1234.50."]


def test_pictures_of_a_product_are_those_of_each_variant_its_own_first() -> None:
    large = {**dict.fromkeys(POT, ""), "URL handle": "pot", "Option1 value": "Large"}
    large |= {"Price": "50", "Variant image URL": "https://img.example/large.jpg", "SKU": "P-2"}
    picture = {**dict.fromkeys(POT, ""), "URL handle": "pot", "Image position": "1"}
    picture["Product image URL"] = "https://img.example/1.jpg"

    load(file_of(POT, large, picture))

    both = ["https://img.example/1.jpg", "https://img.example/2.jpg"]
    assert urls(title="Pot – Size Small") == both
    assert urls(title="Pot – Size Large") == ["https://img.example/large.jpg", *both]


def test_a_picture_is_promised_once() -> None:
    load(file_of(LISTING))
    report = load(file_of({**LISTING, "IMAGE2": "https://img.example/2.jpg"}))

    assert report.pictures == 1
    assert PictureFetch.objects.count() == 3
