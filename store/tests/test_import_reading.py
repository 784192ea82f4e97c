"""What a file may look like: encodings, line ends, quotes, headers."""

import pytest

from store.imports import UnreadableFile
from store.imports.opening import MOST_COLUMNS
from store.imports.shop_csv import COLUMNS
from store.models import Item
from store.tests.csv_files import SAMPLE, load, own_csv, reasons

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_line_ends_and_a_byte_order_mark_do_not_matter(end: str, mark: bytes) -> None:
    rows = {"title": "Crèche 青磁"}, {"stock_number": "2", "price": "x"}, {"stock_number": "3"}

    report = load(mark + own_csv(*rows, end=end))

    assert (report.created, [row.line for row in report.bad_rows]) == (2, [3])
    assert Item.objects.filter(title="Crèche 青磁").exists()


def test_line_numbers_are_those_of_an_editor() -> None:
    text = "One\nTwo\n\nFour"
    content = own_csv({"description": text}, {"stock_number": "2", "price": "x"}) + b"\n\n1,2\n"

    report = load(content)

    assert [row.line for row in report.bad_rows] == [6, 9]
    assert Item.objects.get().description == text


def test_quotes_commas_and_inches_are_part_of_the_text() -> None:
    load(own_csv({"title": 'The "Pic Nic" house, 5"', "maker": "O'Neil; Co."}))

    item = Item.objects.get()
    assert (item.title, item.maker) == ('The "Pic Nic" house, 5"', "O'Neil; Co.")


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    lines = own_csv(*({"stock_number": str(n)} for n in range(200))).splitlines()
    lines[50] = lines[50].replace(b"Bowl", b'"Bowl')

    report = load(b"\n".join(lines))

    assert report.created == 199
    assert reasons(report) == [
        "Line 51: a quotation mark is not closed, or one inside a cell is not doubled."
    ]


def test_an_unclosed_quotation_mark_that_ends_in_the_next_row_is_told_with_its_end() -> None:
    lines = own_csv(*({"stock_number": str(n)} for n in range(3))).splitlines()
    lines[1] = lines[1].replace(b"Bowl", b'"Bowl')
    lines[2] = lines[2].replace(b"Containers", b'Containers"')

    report = load(b"\n".join(lines))

    assert "up to line 3; is a quotation mark not closed?" in report.bad_rows[0].reason
    assert report.created == 1


def test_only_the_rows_in_another_encoding_fail() -> None:
    lines = own_csv({"title": "Crèche"}, {"stock_number": "2", "title": "Nüßchen"}).splitlines()
    lines[1] = lines[1].decode().encode("cp1252")

    report = load(b"\n".join(lines))

    assert reasons(report) == ["Line 2: not in UTF-8: some letters cannot be read."]
    assert report.created == 1


def test_blank_lines_and_lines_of_commas_are_passed_over() -> None:
    report = load(own_csv({}) + b"\n" + b"," * 16 + b"\n  \n")

    assert (report.rows, report.created, report.bad_rows) == (1, 1, [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "This file is empty."),
        (b"\n\n", "This file is empty."),
        (b"name,cost\nBowl,30\n", "The header “name,cost” is neither"),
        (",".join([*COLUMNS, "colour"]).encode(), "The column “colour” is unknown: ignore it"),
        (b"stock_number,title,category,condition", "The column “price” is missing."),
        (b"stock_number,title,category,condition,prise", "do you mean “price”?"),
        (b"title,title,price", "The header names title twice."),
        (b"Handle,Title\n", "is neither"),
        (b"pr\xefce,title", "The header “prïce,title” is neither"),
        (b'"title,price\n', "The header cannot be read: a quotation mark"),
        ("stock_number".encode("utf-16"), "The header “stock_number” is neither"),
        (b"PK\x03\x04....", "This is a workbook"),
        (b"\xd0\xcf\x11\xe0....", "This is a workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is neither"),
        (b"Price,title,stock_number,price", "The header names Price twice."),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_in_one_sentence(
    content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableFile, match=reason.split("“")[0]) as refusal:
        load(content)

    assert reason in str(refusal.value)
    assert str(refusal.value).endswith((".", "?"))
    assert Item.objects.count() == 0


def test_more_columns_than_can_be_asked_about_are_refused() -> None:
    header = ",".join(map(str, range(MOST_COLUMNS + 1)))

    with pytest.raises(UnreadableFile, match="please delete those that are not needed"):
        load(header.encode())


def test_cells_without_a_name_in_the_header_are_no_columns() -> None:
    header, row = own_csv({}).splitlines()[:2]
    empty = b"," * (MOST_COLUMNS + 1)

    assert load(header + empty + b"\n" + row + empty).created == 1


def test_a_header_alone_is_an_import_of_nothing() -> None:
    assert load(own_csv()).rows == 0


def test_the_sample_goes_in_whole() -> None:
    report = load(SAMPLE.read_bytes())

    assert (report.created, report.bad_rows) == (60, [])
    assert report.pieces > 60
    assert Item.objects.search("creche fishw").count() == 1
