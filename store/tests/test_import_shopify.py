"""Shopify's product export, as its help describes it and as shops really send it."""

import csv
import io
from decimal import Decimal
from time import process_time

import pytest

from store.imports.html import plain_text
from store.models import Item, Piece
from store.tests.csv_files import load, reasons
from store.tests.factories import make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

COLUMNS = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Status"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Variant SKU", "Variant Inventory Qty", "Variant Price", "Variant Requires Shipping"),
    *("Image Src", "Google Shopping / Condition"),
]
POT = {
    "Handle": "clay-pot",
    "Title": "Clay Pot",
    "Body (HTML)": "<p>Fired &amp; glazed</p>",
    "Vendor": "Potter & Co.",
    "Type": "Outdoor",
    "Published": "true",
    "Option1 Name": "Size",
    "Option1 Value": "Regular",
    "Variant Inventory Qty": "1",
    "Variant Price": "9.99",
    "Variant Requires Shipping": "true",
}
LARGE = {
    "Handle": "clay-pot",
    "Option1 Value": "Large",
    "Variant Inventory Qty": "3",
    "Variant Price": "15.99",
    "Variant Requires Shipping": "false",
}
PICTURE = {"Handle": "clay-pot", "Image Src": "https://example.com/pot.jpg"}
LAMP = {**POT, "Handle": "lamp", "Option1 Name": "Title", "Option1 Value": "Default Title"}


def shopify_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_each_variant_is_an_item_of_its_own() -> None:
    report = load(shopify_csv(POT, LARGE, PICTURE))

    regular, large = Item.objects.order_by("pk")
    assert (report.rows, report.created, report.pieces, report.bad_rows) == (3, 2, 4, [])
    assert (regular.title, large.title) == ("Clay Pot – Size Regular", "Clay Pot – Size Large")
    assert (regular.price, regular.shipping, regular.condition) == (
        Decimal("9.99"),
        Decimal(0),
        "good",
    )
    assert (large.maker, large.category.name) == ("Potter & Co.", "Outdoor")
    assert (large.description, large.collection_only) == ("Fired & glazed", True)
    assert [piece.stock_number for piece in large.pieces.all()] == [
        "clay-pot-large",
        "clay-pot-large-2",
        "clay-pot-large-3",
    ]


def test_the_only_variant_of_a_product_adds_nothing_to_its_title() -> None:
    load(shopify_csv(LAMP))

    item = Item.objects.get()
    assert (item.title, item.import_ref) == ("Clay Pot", "shopify:lamp:")
    assert Piece.objects.get().stock_number == "lamp"


def test_two_options_are_both_named() -> None:
    load(shopify_csv({**POT, "Option2 Name": "Colour", "Option2 Value": "Red"}))

    item = Item.objects.get()
    assert item.title == "Clay Pot – Size Regular, Colour Red"
    assert item.import_ref == "shopify:clay-pot:Regular / Red"


def test_the_same_file_again_changes_nothing() -> None:
    content = shopify_csv(POT, LARGE, LAMP)
    load(content)
    report = load(content)

    assert (report.created, report.updated, report.unchanged, report.pieces) == (0, 0, 3, 0)


def test_a_variant_is_known_by_its_handle_whatever_else_changes() -> None:
    load(shopify_csv(POT))
    Item.objects.update(condition="worn", shipping="7.50")

    report = load(shopify_csv({**POT, "Title": "Pot", "Variant SKU": "P1", "Variant Price": "12"}))

    item = Item.objects.get()
    assert (report.updated, item.title, item.price) == (1, "Pot – Size Regular", Decimal(12))
    # The file says nothing of these two.
    assert (item.condition, item.shipping) == ("worn", Decimal("7.50"))
    assert Piece.objects.get().stock_number == "clay-pot-regular"


def test_an_sku_is_the_stock_number() -> None:
    load(shopify_csv({**POT, "Variant SKU": "'00123"}))

    assert Piece.objects.get().stock_number == "00123"


@pytest.mark.parametrize(("stock", "pieces"), [("0", 0), ("-2", 0), ("", 1), ("8", 8)])
def test_the_stock_is_the_number_of_pieces(stock: str, pieces: int) -> None:
    load(shopify_csv({**POT, "Variant Inventory Qty": stock}))

    item = Item.objects.get()
    assert (item.published, item.pieces.count()) == (True, pieces)
    assert Item.objects.listed().exists() == bool(pieces)


@pytest.mark.parametrize(
    "changes", [{"Published": "false"}, {"Status": "draft"}, {"Status": "archived"}]
)
def test_what_shopify_does_not_show_is_not_published(changes: dict[str, str]) -> None:
    load(shopify_csv({**POT, **changes}, LARGE))

    assert not Item.objects.published().exists()
    assert Item.objects.count() == 2


@pytest.mark.parametrize(
    ("google", "condition"), [("new", "mint"), ("used", "good"), ("refurbished", "good")]
)
def test_googles_condition_is_taken_over(google: str, condition: str) -> None:
    load(shopify_csv({**POT, "Google Shopping / Condition": google}))

    assert Item.objects.get().condition == condition


def test_a_product_without_a_type_is_in_the_category_of_others() -> None:
    load(shopify_csv({**POT, "Type": ""}))

    assert Item.objects.get().category.name == "Other"


def test_rows_of_a_product_need_not_be_neighbours() -> None:
    report = load(shopify_csv(POT, LAMP, LARGE))

    assert (report.created, report.bad_rows) == (3, [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Handle": ""}, "Handle is missing"),
        ({"Handle": "x" * 256}, "Handle is longer than 255 characters"),
        ({"Handle": "x" * 120}, "SKU is longer than 100 characters"),
        ({"Handle": "other", "Title": ""}, "Title is missing"),
        ({"Title": "x" * 195}, "title is longer than 200 characters"),
        ({"Variant Price": ""}, "Variant Price is missing"),
        ({"Variant Price": "-1"}, "Variant Price “-1” is negative"),
        ({"Variant Inventory Qty": "1.5"}, "Variant Inventory Qty “1.5” is not a whole number"),
        ({"Variant Inventory Qty": "1001"}, "is more than 1000"),
        ({"Variant Requires Shipping": "perhaps"}, "is neither true nor false"),
        ({"Published": "perhaps"}, "Published “perhaps” is neither true nor false"),
        ({"Vendor": "x" * 201}, "Vendor is longer than 200 characters"),
        ({"Type": "x" * 101}, "Type is longer than 100 characters"),
        ({"Option1 Value": "x" * 300}, "Handle is longer than 300 characters"),
        ({"Variant SKU": "lamp"}, "stock number lamp repeats, line 2 has it"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_goes_in(changes: dict[str, str], reason: str) -> None:
    report = load(shopify_csv(LAMP, {**POT, **changes}, {**LAMP, "Handle": "last"}))

    assert [row.line for row in report.bad_rows] == [3]
    assert reason in report.bad_rows[0].reason
    assert report.created == 2


def test_a_variant_that_repeats_is_refused() -> None:
    report = load(shopify_csv(POT, {**LARGE, "Option1 Value": "Regular"}))

    assert reasons(report) == ["Line 3: stock number clay-pot-regular repeats, line 2 has it."]


def test_a_number_of_another_item_is_refused() -> None:
    Piece.objects.create(item=make_item(), stock_number="clay-pot-regular")

    report = load(shopify_csv(POT))

    assert reasons(report) == ["Line 2: stock number clay-pot-regular belongs to another item."]


def test_variants_of_a_product_that_cannot_be_used_say_so() -> None:
    report = load(shopify_csv({**POT, "Published": "perhaps"}, LARGE, PICTURE))

    assert reasons(report)[1:] == ["Line 3: the first row of this product could not be used."]


def test_a_bad_price_of_the_first_variant_does_not_cost_the_second() -> None:
    report = load(shopify_csv({**POT, "Variant Price": "x"}, LARGE))

    assert [row.line for row in report.bad_rows] == [2]
    assert Item.objects.get().title == "Clay Pot – Size Large"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One\n  more <b>bold</b>ly</p>", "One more boldly"),
        ("<ul>\n<li>One</li>\n<li>Two <a href='x'>link</a></li></ul>", "One\nTwo link"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<h2>Care</h2>Wipe.<div>Dry.</div>", "Care\nWipe.\nDry."),
        ("<table><tr><td>Height</td><td>3 cm</td></tr></table>", "Height 3 cm"),
        ("<script>alert(1)</script><style>p {}</style><p>Seen</p>", "Seen"),
        ("<!-- not seen --><p>Seen<noscript>No</noscript></p>", "Seen"),
        ("&lt;b&gt; &amp; caf&eacute;&nbsp;&#8364;", "<b> & café €"),
        ("<p>Unclosed <b>bold", "Unclosed bold"),
        ("no-html.txt", "no-html.txt"),
        ("1 < 2", "1 < 2"),
        ("", ""),
        ("<div>" * 3000 + "deep" + "</div>" * 3000, "deep"),
        ("a <b and c", "a <b and c"),
        ("<SVG><text>x</text></svg >Seen<!DOCTYPE html><?php x ?>", "Seen"),
        ("<svg/>Seen", "Seen"),
        pytest.param(f"A&#{'0' * 9}66;&#{'9' * 5000};C", "AB\ufffdC", id="sign"),
        ("<script>if (a<b) {}</script>Seen<!-- not closed", "Seen"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "part", ["<div>", "<td>", "<!--", "<a ", '<a b="', "<svg>", "<", "</", "<?"]
)
def test_html_that_is_made_to_keep_a_parser_busy_does_not(part: str) -> None:
    begun = process_time()
    plain_text(part * 100_000)
    assert process_time() - begun < 2
