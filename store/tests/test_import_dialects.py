"""Files as spreadsheets and programs of all countries write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from store.imports import Options, UnreadableFile
from store.models import ImportedDetail, Item, Piece
from store.tests.csv_files import load, own_csv, reasons

pytestmark = pytest.mark.django_db

HEADER = "stock_number,title,category,condition,price"


def file_of(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\n".join([header, *rows, ""]).encode(encoding)


def read_as(content: bytes) -> tuple[list[str], str]:
    report = load(content)
    assert report.bad_rows == []
    return list(Item.objects.order_by("pk").values_list("title", flat=True)), report.source


@pytest.mark.parametrize(
    ("title", "encoding", "name"),
    [
        ("Große Öllampe", "utf-8", "UTF-8"),
        ("Große Öllampe", "utf-8-sig", "UTF-8"),
        ("Große Öllampe", "utf-16", "UTF-16"),
        ("Große Öllampe", "utf-16-le", "UTF-16"),
        ("Große Öllampe", "utf-16-be", "UTF-16"),
        ("Große Öllampe", "cp1252", "Windows-1252"),
        ("Théière", "cp1252", "Windows-1252"),
        ("Ångström’s „lamp“ – 5 €", "cp1252", "Windows-1252"),
        ("Muñeca de porcelana, año 1920", "cp1252", "Windows-1252"),
        ("Старинные настенные часы", "cp1251", "Windows-1251"),
        ("Παλιό ρολόι τοίχου", "cp1253", "Windows-1253"),
        ("古い掛け時計", "cp932", "Shift JIS"),
        ("Λάμπα παλιά", "cp1253", "Windows-1253"),
        ("Żarówka do lampy krzesło", "cp1250", "Windows-1250"),
        ("Tête-à-tête, „naïve“ œuvre", "cp1252", "Windows-1252"),
    ],
)
def test_letters_stay_whole_and_their_encoding_is_said(
    title: str, encoding: str, name: str
) -> None:
    content = file_of(f'1,"{title}",Lamps,good,120.50', "2,Plain,Lamps,good,3", encoding=encoding)

    titles, source = read_as(content)

    assert titles == [title, "Plain"]
    assert name in source


@pytest.mark.parametrize(
    ("language", "title", "encoding"),
    [("pl", "Żółta łódź", "cp1250"), ("tr", "Gümüş şamdan, İznik", "cp1254")],
)
def test_the_shops_language_says_which_accents_are_meant(
    settings: Any, language: str, title: str, encoding: str
) -> None:
    settings.LANGUAGE_CODE = language

    titles, _source = read_as(file_of(f'1,"{title}",Lamps,good,3', encoding=encoding))

    assert titles == [title]


def test_an_encoding_that_is_said_is_believed() -> None:
    content = file_of("1,Öl,Lamps,good,3", encoding="mac_roman")

    load(content, options=Options(encoding="mac_roman"))

    assert Item.objects.get().title == "Öl"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("said", ["", "sep={}\n", '"sep={}"\r\n'], ids=["", "sep", "quoted sep"])
def test_whatever_stands_between_cells(separator: str, said: str) -> None:
    text = file_of('1,"Lamp, brass; old",Lamps,good,120').decode().replace("\n", "\r\n")
    cells = text.replace(",", separator).replace(f"Lamp{separator} brass", "Lamp, brass")
    content = (said.format(separator) + cells + f"2{separator}x\r\n").encode()

    report = load(content)

    assert Item.objects.get().title == "Lamp, brass; old"
    # Lines are counted as an editor does.
    assert [row.line for row in report.bad_rows] == [4 if said else 3]


def test_a_workbook_of_the_other_half_of_the_world() -> None:
    content = file_of(
        "1;Lampe;Lampen;good;1.299,50;6.12.1979",
        header="stock_number;title;category;condition;price;purchased_on",
        encoding="cp1252",
    )

    load(content)

    assert Item.objects.get().price == Decimal("1299.50")
    assert Piece.objects.get().purchased_on == date(1979, 12, 6)


@pytest.mark.parametrize(
    "text",
    [
        *("1,299.00", "1.299,00", "1 299.00", "1\u00a0299,00", "1’299.00", "1'299", "€ 1299"),
        *("1299 €", "EUR 1.299,00", "1.299,-", "1299.", "1299,0", "1299,00 €", "1,299"),
        *("+1299", "'1299", "1299 Euro", "1 299,00 euros", '="1299"'),
    ],
)
def test_an_amount_in_any_way(text: str) -> None:
    load(own_csv({"price": text}))

    assert Item.objects.get().price == 1299


@pytest.mark.parametrize("text", ["45.000", "1,250", "€ 45.000", "12.500"])
def test_what_may_be_two_amounts_is_asked(text: str) -> None:
    report = load(own_csv({"price": text}))

    assert "may be" in reasons(report)[0]
    assert report.questions == ["decimal"]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [("45.000", 45, 45_000), ("1,250", 1250, "1.25"), ("7,50", "7.5", "7.5")],
)
def test_what_was_asked_is_read_as_said(text: str, point: Any, comma: Any) -> None:
    for decimal, amount in [("point", point), ("comma", comma)]:
        load(own_csv({"price": text}), options=Options(decimal=decimal))
        assert Item.objects.get().price == Decimal(amount)


def test_yen_have_no_cents(settings: Any) -> None:
    settings.CURRENCY = "JPY"

    report = load(own_csv({"price": "¥3,333"}, {"stock_number": "2", "price": "3.5"}))

    assert [item.price for item in Item.objects.all()] == [3333]
    assert "has more than 0 digits" in reasons(report)[0]


def test_measures_have_a_comma_in_half_of_the_world() -> None:
    load(own_csv({"height_cm": "15,2", "width_cm": "7.0 cm", "depth_cm": "3.50"}))

    item = Item.objects.get()
    assert [item.height_cm, item.width_cm, item.depth_cm] == [Decimal("15.2"), 7, Decimal("3.5")]


@pytest.mark.parametrize(
    "text",
    [
        *("1979-12-06", "1979-12-6", "1979/12/06", "06.12.1979", "6.12.1979", "6. 12. 1979"),
        *("6 December 1979", "6-Dec-1979", "6. Dec. 1979", "December 6, 1979", "Dec 6th, 1979"),
        *("1979-12-06 00:00:00", "1979-12-06T00:00:00Z", "06.12.1979 00:00"),
        *("06.12.79", "6-Dec-79", "6th of December 1979", "Thursday, December 6, 1979"),
        *("6. Dez. 1979", "6 décembre 1979", "6 de diciembre de 1979", "1979年12月6日"),
        *("1979. 12. 6.", "19791206", "１９７９-12-06", "06‑12‑1979 ".replace("‑", ".")),
    ],
)
def test_a_date_in_any_way(text: str) -> None:
    load(own_csv({"purchased_on": text}))

    assert Piece.objects.get().purchased_on == date(1979, 12, 6)


def test_months_have_names_in_the_shops_language(settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"

    load(own_csv({"purchased_on": "6. Dezember 1979"}))

    assert Piece.objects.get().purchased_on == date(1979, 12, 6)


@pytest.mark.parametrize("text", ["25/12/1979", "12/25/1979", "25-12-1979"])
def test_a_day_that_is_no_month_is_clear(text: str) -> None:
    load(own_csv({"purchased_on": text}))

    assert Piece.objects.get().purchased_on == date(1979, 12, 25)


@pytest.mark.parametrize(("order", "day"), [("dmy", date(1979, 6, 12)), ("mdy", date(1979, 12, 6))])
def test_what_may_be_two_days_is_asked(order: str, day: date) -> None:
    content = own_csv({"purchased_on": "12/06/1979"})

    assert load(content).questions == ["dates"]
    load(content, options=Options(dates=order))

    assert Piece.objects.get().purchased_on == day


@pytest.mark.parametrize(
    "header",
    [
        "Stock_Number,Title,Category,Condition,Price",
        "STOCK NUMBER,TITLE,CATEGORY,CONDITION,PRICE",
        "stock-number, title ,category,condition,\u200bprice",
        "Stock number,Title,Category,Condition,Price,,",
    ],
)
def test_headers_in_any_case(header: str) -> None:
    commas = "," * header.count(",,")
    load(file_of(f"1,Lamp,Lamps,good,12{commas * 2}", header=header))

    assert Item.objects.get().title == "Lamp"


@pytest.mark.parametrize("name", ["Price (EUR)", "price_eur", "Price €"])
def test_columns_may_be_called_as_the_admin_calls_them(name: str) -> None:
    header = f"Stock number,Title,Category,Condition,{name},Bought for,Bought on,Pieces,Height (cm)"

    load(file_of("1,Lamp,Lamps,Good,12,3,6.12.1979,2,15", header=header))

    item, piece = Item.objects.get(), Piece.objects.all()[0]
    assert [item.price, item.height_cm, item.pieces.count()] == [12, 15, 2]
    assert [piece.purchase_price, str(piece.purchased_on)] == [3, "1979-12-06"]


def test_prices_of_another_currency_are_asked_about() -> None:
    with pytest.raises(UnreadableFile, match=r"Price \(USD\)” is unknown"):
        load(file_of("1,Lamp,Lamps,good,12", header=HEADER.replace("price", "Price (USD)")))

    report = load(own_csv({"price": "$12"}))
    assert reasons(report) == ["Line 2: price “$12”: “$” does not belong to an amount in EUR."]


def test_empty_cells_beyond_the_last_column_are_none() -> None:
    report = load(file_of("1,Lamp,Lamps,good,12,, ", "2,Lamp,Lamps,good,12,,x"))

    assert (report.created, len(report.bad_rows)) == (1, 1)


@pytest.mark.parametrize("text", ['="00471"', '"=""00471"""', "'00471"])
def test_a_number_that_was_kept_from_a_spreadsheet_is_itself(text: str) -> None:
    load(file_of(f"{text},'70s lamp,Lamps,good,12"))

    assert Piece.objects.get().stock_number == "00471"
    assert Item.objects.get().title == "'70s lamp"


def test_an_unknown_column_is_named_and_nothing_comes_in() -> None:
    content = own_csv({"shelf": "A3"}, columns=[*HEADER.split(","), "shelf"])

    with pytest.raises(UnreadableFile, match="The column “shelf” is unknown"):
        load(content)

    assert not Item.objects.exists()


def test_a_wrong_column_is_named_with_the_nearest_right_one() -> None:
    content = own_csv({"perod": "1900"}, columns=[*HEADER.split(","), "perod"])

    with pytest.raises(UnreadableFile, match="“perod” is unknown: do you mean “period”"):
        load(content)
    load(content, options=Options(columns={"perod": "period"}))

    assert Item.objects.get().period == "1900"


def test_a_header_with_many_mistakes_is_understood_where_it_can_be() -> None:
    content = file_of("1,Lamp,Lamps,good,12", header="stocknumber,titel,categry,conditon,prise")

    with pytest.raises(UnreadableFile) as refusal:
        load(content)

    for column in ("stock_number", "title", "category", "condition", "price"):
        assert f"do you mean “{column}”?" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "published"), [("WAHR", True), ("FALSCH", False), ("VRAI", True), ("0", False)]
)
def test_a_spreadsheet_translates_true_and_false(text: str, published: bool) -> None:
    load(own_csv({"published": text}, columns=[*HEADER.split(","), "published"]))

    assert Item.objects.get().published is published


def test_a_column_that_is_left_out_is_named_with_its_things() -> None:
    content = own_csv({"shelf": "A3"}, columns=[*HEADER.split(","), "shelf"])

    report = load(content, options=Options(columns={"shelf": "ignore"}))

    told = report.left_out["shelf"]
    assert (told.count, told.example) == (1, "A3")
    assert told.things[0].item_id == Item.objects.get().pk
    assert not ImportedDetail.objects.exists()


def test_a_column_that_is_kept_is_there_for_staff() -> None:
    columns = [*HEADER.split(","), "Shelf"]
    load(own_csv({"Shelf": "A3"}, columns=columns), options=Options(columns={"shelf": "keep"}))
    again = own_csv({"Shelf": "B1"}, columns=columns)

    report = load(again, options=Options(other_columns="keep"))

    detail = ImportedDetail.objects.get()
    assert (detail.item, detail.column, detail.text) == (Item.objects.get(), "Shelf", "B1")
    assert (report.left_out, report.kept["Shelf"]) == ({}, 1)


def test_what_stands_under_no_header_is_named() -> None:
    report = load(file_of("1,Lamp,Lamps,good,12,why?", header=f"{HEADER},"))

    assert list(report.left_out) == ["column 6, without a name"]


def test_new_things_come_in_as_they_are_wanted() -> None:
    load(own_csv({}))
    options = Options(published=False, tax_scheme="margin", category="Found")
    rows = {"price": "31"}, {"stock_number": "2", "category": ""}

    load(own_csv(*rows), options=options)

    old, new = Item.objects.order_by("pk")
    assert (old.published, old.tax_scheme, old.category.name) == (True, "standard", "Containers")
    assert (new.published, new.tax_scheme, new.category.name) == (False, "margin", "Found")


def test_a_file_without_categories_does_not_move_what_staff_have_moved() -> None:
    columns = ["stock_number", "title", "condition", "price"]
    with_none = file_of("1,Bowl,good,30", header=",".join(columns))
    load(with_none, options=Options(category="Found"))
    load(own_csv({"stock_number": "1", "category": "Bowls"}))

    load(with_none.replace(b"30", b"12"), options=Options(category="Found"))

    item = Item.objects.get()
    assert (item.category.name, item.price) == ("Bowls", Decimal(12))


def test_a_tax_scheme_in_the_file_goes_before_the_chosen_one() -> None:
    columns = [*HEADER.split(","), "tax_scheme"]
    rows = {"tax_scheme": "zero"}, {"stock_number": "2", "tax_scheme": ""}

    load(own_csv(*rows, columns=columns), options=Options(tax_scheme="margin"))

    assert list(Item.objects.order_by("pk").values_list("tax_scheme", flat=True)) == [
        "zero",
        "margin",
    ]


@pytest.mark.parametrize(
    ("decimal", "text", "amount"),
    [
        ("point", "1,234", "1234"),
        ("point", "1.234", "1.234"),
        ("comma", "1,234", "1.234"),
        ("comma", "1.234", "1234"),
    ],
)
def test_of_three_decimals_the_answer_decides(
    settings: Any, decimal: str, text: str, amount: str
) -> None:
    settings.CURRENCY = "KWD"

    load(own_csv({"price": text}), options=Options(decimal=decimal))

    assert Item.objects.get().price == Decimal(amount)


def test_too_fine_an_amount_is_refused_once_the_signs_are_known() -> None:
    report = load(own_csv({"price": "9.999"}), options=Options(decimal="point"))

    assert reasons(report) == ["Line 2: price “9.999” has more than 2 digits after the point."]
