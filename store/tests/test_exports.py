"""An export holds what an import needs to make the same items again."""

import csv
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils.translation import override

from store.dialects import Dialect
from store.exports import export_items
from store.imports.shop_csv import EXPORT_COLUMNS, disarm, rearm
from store.models import Category, Item, Piece, ShopProfile
from store.tests.csv_files import SAMPLE, load, own_csv
from store.tests.factories import make_category, make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

ITEM_FIELDS = """
    title slug category__name category__slug maker period materials condition height_cm width_cm
    depth_cm description price shipping tax_scheme published search_text
""".split()  # noqa: SIM905
PIECE_FIELDS = ["stock_number", "purchase_price", "purchased_on", "purchased_from"]


def exported(dialect: Dialect = Dialect.POINT) -> bytes:
    return "".join(export_items(Item.objects.all(), dialect)).encode()


def rows() -> list[list[str]]:
    return list(csv.reader(exported().decode("utf-8-sig").splitlines()))[1:]


def contents() -> list[Any]:
    items = Item.objects.order_by("pk").prefetch_related("pieces")
    pieces = [list(item.pieces.values_list(*PIECE_FIELDS)) for item in items]
    return list(zip(items.values_list(*ITEM_FIELDS), pieces, strict=True))


def empty_the_shop() -> None:
    Piece.objects.all().delete()
    Item.objects.all().delete()
    Category.objects.all().delete()


def test_an_export_fills_an_empty_shop_with_the_same_items() -> None:
    load(SAMPLE.read_bytes())
    hidden = {"published": "false", "tax_scheme": "margin", "quantity": "0", "shipping": "0.00"}
    columns = ["title", "category", "condition", "price", "stock_number", "description", *hidden]
    texts = (
        "=1+1",
        "-5",
        "'=x",
        "@me",
        "a;=1",
        '"Quoted", 5"',
        "''+",
        "Two\r\nlines\n\nαβ 青",
        "'tis",
    )
    load(
        own_csv(
            *(
                {"stock_number": f"-{n}", "title": t, "description": t, **hidden}
                for n, t in enumerate(texts)
            ),
            columns=columns,
        )
    )
    before, file = contents(), exported()
    empty_the_shop()

    report = load(file)

    assert (report.bad_rows, report.created) == ([], 60 + len(texts))
    assert contents() == before


def test_an_export_changes_nothing_where_it_comes_from() -> None:
    load(SAMPLE.read_bytes())
    make_item(pieces=0, slug="typed-by-sam")
    make_item(pieces=0, import_ref="shopify:armchair:")
    Piece.objects.create(item=make_item(pieces=1), stock_number="another")

    report = load(exported())

    assert (report.created, report.updated, report.pieces, report.bad_rows) == (0, 0, 0, [])
    assert report.unchanged == 63


def test_what_is_sold_does_not_come_back() -> None:
    item = make_item(pieces=3)
    first, second, _ = item.pieces.all()
    Piece.objects.filter(pk=first.pk).update(sold_at=Now())
    gone = make_item(pieces=1)
    gone.pieces.update(withdrawn_at=Now())

    lines = rows()

    assert (lines[0][0], lines[0][13]) == (second.stock_number, "2")
    assert lines[1][13] == "0"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''-1"])
def test_no_cell_is_a_formula(text: str) -> None:
    make_item(title=text, maker=text, description=text, category=make_category(text, slug="x"))

    cells = next(csv.reader(exported().decode("utf-8-sig").splitlines(keepends=True)[1:]))

    assert [cells[1], cells[2], cells[3], cells[10]] == [f"'{text}"] * 4


@pytest.mark.parametrize(
    "text", ["Uhr;=1+1;x", "a,-1", "a|@x", "a\t+1", 'a;"=1+1', "a; =1", "a;'=1", "a\n=1", "a\r\n@x"]
)
def test_no_cell_is_a_formula_where_another_sign_parts_cells(text: str) -> None:
    kept = disarm(text)

    cells = re.split("[,;|\t\r\n]+", kept)
    assert not [each for each in cells if each.lstrip('" ').startswith(("=", "+", "-", "@"))]
    assert rearm(kept) == text


@pytest.mark.parametrize("text", ["Oak, worn", "a\n- one\n- two", "1,234.50", "Dr. Hare; Hollow"])
def test_what_no_spreadsheet_would_run_stays_as_it_is(text: str) -> None:
    assert disarm(text) == text


def test_a_spreadsheet_knows_the_encoding() -> None:
    assert exported().startswith(b"\xef\xbb\xbfstock_number,title,")


def test_an_export_reads_in_chunks(django_assert_num_queries: Any) -> None:
    for _ in range(12):
        make_item(pieces=2)

    ShopProfile.get_solo()
    # One for the languages of the shop.
    with django_assert_num_queries(3):
        assert len(rows()) == 12


@pytest.mark.parametrize("dialect", Dialect)
def test_an_export_changes_nothing_in_any_dialect(dialect: Dialect) -> None:
    load(SAMPLE.read_bytes())
    make_item(title="Lamp; brass, old", price="1299.50", shipping="1045.00", height_cm="15.2")

    report = load(exported(dialect))

    assert (report.unchanged, report.updated, report.bad_rows, report.held_back) == (61, 0, [], [])


def test_a_spreadsheet_of_commas_gets_numbers_that_it_knows() -> None:
    make_item(title="Lamp; brass", price="1299.50", shipping="6.50", height_cm="15.2")

    line = exported(Dialect.COMMA).decode().splitlines()[1]

    assert '"Lamp; brass"' in line
    assert ";1299,50;6,50;" in line
    assert ";15,2;" in line


@pytest.mark.parametrize(("language", "dialect"), [("en", "point"), ("de", "comma")])
def test_the_readers_language_says_which_dialect(language: str, dialect: str) -> None:
    with override(language):
        assert Dialect.of_reader() == dialect


def test_three_decimals_of_an_export_are_no_thousands(settings: Any) -> None:
    settings.CURRENCY = "KWD"
    row = {"price": "1.250", "published": "true", "tax_scheme": "standard"}

    load(own_csv(row, columns=EXPORT_COLUMNS))

    assert Item.objects.get().price == Decimal("1.25")
