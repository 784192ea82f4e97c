"""Every way we know for a row to be bad: it is reported by line and reason, the rest goes in."""

import pytest

from store.models import Item
from store.tests.csv_files import GOOD_ROW, load, own_csv, reasons

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

NUMBER = "is not a number like 1234.50"
DATE = "is not a date like 1979-12-06"
CELLS = [
    ("title", "", "title is missing"),
    ("title", "  ", "title is missing"),
    ("title", "x" * 201, "title is longer than 200 characters"),
    ("title", "Bo\0wl", "contains a character that cannot be printed"),
    ("title", "Bo\x1bwl", "contains a character that cannot be printed"),
    ("stock_number", "", "stock_number is missing"),
    ("stock_number", "9" * 101, "stock_number is longer than 100 characters"),
    ("category", "", "category is missing"),
    ("category", "x" * 101, "category is longer than 100 characters"),
    ("maker", "x" * 201, "maker is longer than 200 characters"),
    ("period", "x" * 101, "period is longer than 100 characters"),
    ("materials", "x" * 301, "materials is longer than 300 characters"),
    ("condition", "", "condition is missing"),
    ("condition", "shiny", "condition “shiny” is not one of mint, good, worn, for_restoration"),
    ("price", "", "price is missing"),
    ("price", "cheap", f"price “cheap” {NUMBER}"),
    ("price", "-5.00", "price “-5.00” is negative"),
    ("price", "NaN", NUMBER),
    ("price", "Infinity", NUMBER),
    ("price", "1e5", NUMBER),
    ("price", "0x10", NUMBER),
    ("price", "$30", "“$” does not belong to an amount in EUR"),
    ("price", "1.23,50", NUMBER),
    ("price", "12.34.56", NUMBER),
    ("price", "45.505", "price “45.505” may be 45.505 or 45,505"),
    ("price", "45.000", "price “45.000” may be 45 or 45,000"),
    ("price", "9.999", "price “9.999” may be 9.999 or 9,999"),
    ("price", "9.9999", "price “9.9999” has more than 2 digits after the point"),
    ("price", "123456789", "price “123456789” is too large"),
    ("price", "9" * 5000, "is too large"),
    ("shipping", "-1", "shipping “-1” is negative"),
    ("shipping", "free", NUMBER),
    ("shipping", "1234567", "is too large"),
    ("height_cm", "tall", NUMBER),
    ("width_cm", "-3.0", "is negative"),
    ("depth_cm", "3.25", "has more than 1 digits after the point"),
    ("depth_cm", "1.200", "has more than 1 digits after the point"),
    ("quantity", "1.5", "quantity “1.5” is not a whole number"),
    ("quantity", "two", "is not a whole number"),
    ("quantity", "-1", "is not a whole number"),
    ("quantity", "1001", "quantity “1001” is more than 1000"),
    ("quantity", "9" * 5000, "is more than 1000"),
    ("purchase_price", "?", NUMBER),
    ("purchased_on", "79-12-06", DATE),
    ("purchased_on", "6 Brumaire 1979", DATE),
    ("purchased_on", "31 April 1979", DATE),
    ("purchased_on", "31.2.1979", DATE),
    ("purchased_on", "12/06/1979", "may be 12 June 1979 or 6 December 1979"),
    ("purchased_on", "13/13/1979", DATE),
    ("purchased_on", "1979-02-30", DATE),
    ("purchased_on", "1979-W01-1", DATE),
    ("purchased_on", "0000-00-00", DATE),
]
WHOLE_ROWS = [
    (b"1,Bowl,Containers", "3 cells instead of 18"),
    (b"x" + b"," * 18 + b"y", "19 cells instead of 18"),
    (b"1,B\xf6wl,Containers,,,,mint,,,,,30,,,,,,", "not in UTF-8"),
    (b"1,B\xed\xa0\x80wl,Containers,,,,mint,,,,,30,,,,,,", "not in UTF-8"),
    (b'1,"Bowl,Containers,,,,mint,,,,,30,,,,,,', "a quotation mark is not closed"),
    (b'1,"Bo"wl",Containers,,,,mint,,,,,30,,,,,,', "a quotation mark is not closed"),
    (b'1,"' + b"x" * 140_000 + b'",Containers,,,,mint,,,,,30,,,,,,', "a cell is too long"),
]


@pytest.mark.parametrize(
    ("column", "text", "reason"), CELLS, ids=lambda value: ascii(value)[1:30].strip("\\")
)
def test_a_bad_cell_is_told_by_line_and_reason(column: str, text: str, reason: str) -> None:
    bad = {"stock_number": "bad", column: text}

    report = load(own_csv({"stock_number": "1"}, bad, {"stock_number": "3"}))

    assert len(report.bad_rows) == 1
    assert report.bad_rows[0].line == 3
    assert reason in report.bad_rows[0].reason
    assert (report.rows, report.created, report.pieces) == (3, 2, 2)
    assert Item.objects.count() == 2


@pytest.mark.parametrize(("row", "reason"), WHOLE_ROWS, ids=[reason for _, reason in WHOLE_ROWS])
def test_a_broken_row_costs_itself_only(row: bytes, reason: str) -> None:
    # With letters in UTF-8 in it, a file is in UTF-8, whatever else it has.
    header, before = own_csv({"stock_number": "0", "title": "Crèche"}).splitlines()
    after = own_csv({"stock_number": "3", "title": 'A 5" bowl, say'}).splitlines()[1]

    report = load(b"\n".join([header, before, row, after, b""]))

    assert len(report.bad_rows) == 1
    assert report.bad_rows[0].line == 3
    assert reason in report.bad_rows[0].reason
    assert report.created == 2


def test_all_reasons_of_a_row_are_told_at_once() -> None:
    report = load(own_csv({"title": "", "price": "x", "quantity": "1.5"}))

    assert reasons(report) == [
        f"Line 2: title is missing; price “x” {NUMBER}; quantity “1.5” is not a whole number."
    ]


def test_a_repeated_stock_number_names_the_line_that_has_it() -> None:
    report = load(own_csv({}, {"title": "Jug"}))

    assert reasons(report) == ["Line 3: stock number 79.66.115 repeats, line 2 has it."]
    assert Item.objects.get().title == "Bowl"


def test_a_stock_number_repeats_even_when_a_bad_row_lies_between() -> None:
    report = load(own_csv({}, {"price": "x"}, {"title": "Jug"}))

    assert [row.line for row in report.bad_rows] == [3, 4]


def test_a_number_made_for_a_further_piece_is_taken_too() -> None:
    report = load(own_csv({"quantity": "2"}, {"stock_number": "79.66.115-2"}))

    assert reasons(report) == ["Line 3: stock number 79.66.115-2 repeats, line 2 has it."]


def test_a_further_piece_cannot_take_the_number_of_another_item() -> None:
    load(own_csv({"stock_number": "A-2", "title": "Jug"}))

    report = load(own_csv({"stock_number": "A", "quantity": "3"}))

    assert reasons(report) == ["Line 2: stock number A-2 belongs to another item."]
    assert Item.objects.get().title == "Jug"


def test_a_further_piece_whose_number_would_be_too_long_is_refused() -> None:
    report = load(own_csv({"stock_number": "9" * 99, "quantity": "10"}))

    assert "-10 would be too long" in report.bad_rows[0].reason


def test_all_bad_rows_in_one_file() -> None:
    good = [{"stock_number": f"good {number}"} for number in range(len(CELLS))]
    bad = [{"stock_number": f"bad {i}", column: text} for i, (column, text, _) in enumerate(CELLS)]

    report = load(own_csv(*[row for pair in zip(good, bad, strict=True) for row in pair]))

    assert [row.line for row in report.bad_rows] == [3 + 2 * i for i in range(len(CELLS))]
    assert report.created == Item.objects.count() == len(CELLS)


def test_an_unreadable_value_is_cut_short_in_its_reason() -> None:
    report = load(own_csv({"price": "x" * 500}))

    assert len(report.bad_rows[0].reason) < 120
    assert GOOD_ROW["title"] not in report.bad_rows[0].reason
