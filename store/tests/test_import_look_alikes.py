"""One thing is never on sale twice, whatever a spreadsheet made of its number."""

from decimal import Decimal

import pytest

from store.imports import Options
from store.imports.look_alikes import LookAlikes, Twin, exponent_range, look_of
from store.models import Item, Piece
from store.tests.csv_files import load, own_csv, reasons
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db

TWINS = [
    ("00471", "471"),
    ("471", "00471"),
    ("A-0012", "a12"),
    ("Ab 12", "AB12"),
    ("AB-12", "ab‑12"),
    ("AB_12", "AB 12"),
    ("１２３", "123"),
    ("12\u200b3", "123"),
    ("471", "471.0"),
    ("471", "471,00"),
    ("471", "#471"),
    ("471", "٤٧١"),
    ("İ-1", "i1"),
    ("ı1", "I1"),
    ("4012345678901", "4012345678901.0"),
    ("4012345678901", "4.01235E+12"),
    ("4012345678901", "4,01235E+12"),
    ("4012345678901", "4,012345678901E+12"),
    ("4.01235E+12", "4012345678901"),
    ("123456789012345678", "123456789012345000"),
]
OTHERS = [
    ("471", "4710"),
    ("2000.5", "2000.05"),
    ("1.10", "1.1"),
    ("A12", "B12"),
    ("471", "471.01"),
    ("A1", "A1.0"),
    ("S1E5", "S100000"),
]


@pytest.mark.parametrize(("known", "number"), TWINS)
def test_a_look_alike_is_held_back_and_shown_beside_its_twin(known: str, number: str) -> None:
    item = make_item(title="Tin toy", pieces=0)
    Piece.objects.create(item=item, stock_number=known)

    report = load(own_csv({"stock_number": number, "title": "Toy"}))

    held = report.held_back[0]
    assert (held.line, held.title) == (2, "Toy")
    assert (held.twin_number, held.twin_title, held.twin_id) == (known, "Tin toy", item.pk)
    assert Item.objects.count() == 1
    assert report.failure


@pytest.mark.parametrize(("known", "number"), OTHERS)
def test_what_differs_comes_in(known: str, number: str) -> None:
    Piece.objects.create(item=make_item(pieces=0), stock_number=known)

    load(own_csv({"stock_number": number}))

    assert Piece.objects.filter(stock_number=number).exists()


@pytest.mark.parametrize("number", ["4.01236E+12", "4.01235E+11"])
def test_a_shortened_number_of_something_else_has_no_twin(number: str) -> None:
    Piece.objects.create(item=make_item(pieces=0), stock_number="4012345678901")

    assert load(own_csv({"stock_number": number})).held_back[0].twin_id is None


def test_two_rows_of_a_file_may_look_alike() -> None:
    report = load(own_csv({"stock_number": "00471"}, {"stock_number": "471"}))

    assert str(report.held_back[0]).startswith(
        "Line 3: “Bowl” with the number 471 looks like 00471"
    )
    assert Item.objects.count() == 1


def test_what_is_held_back_is_not_told_as_skipped() -> None:
    numbers = [{"stock_number": "00471"}, {"stock_number": "471"}]

    report = load(own_csv(*numbers, {"price": "x"}, {"price": "y"}))

    assert report.failure == "1 row was held back. 2 rows were skipped."
    assert dict(report.figures)["Rows held back"] == 1
    assert dict(report.figures)["Rows skipped"] == 2


def test_a_number_that_a_spreadsheet_has_shortened_is_held_back_alone() -> None:
    report = load(own_csv({"stock_number": "4.01235E+12"}, {"stock_number": "2e5"}))

    assert "a spreadsheet has shortened the number 4.01235E+12" in str(report.held_back[0])
    assert Piece.objects.get().stock_number == "2e5"


def test_what_is_sold_does_not_come_back_under_another_number() -> None:
    load(own_csv({"stock_number": "00471"}))
    Piece.objects.update(sold_at="2026-01-01T00:00Z")

    assert len(load(own_csv({"stock_number": "471"})).held_back) == 1


def test_an_item_without_pieces_is_a_twin_too() -> None:
    load(own_csv({"stock_number": "00471", "quantity": "0"}))

    assert len(load(own_csv({"stock_number": "471"})).held_back) == 1


def test_staff_say_that_it_is_the_same() -> None:
    load(own_csv({"stock_number": "00471"}))

    report = load(
        own_csv({"stock_number": "471", "price": "31", "quantity": "2"}),
        options=Options(look_alikes="same"),
    )

    assert (report.updated, len(report.held_back), Item.objects.get().price) == (1, 0, Decimal(31))
    assert list(Piece.objects.values_list("stock_number", flat=True)) == ["00471", "00471-2"]


def test_staff_say_that_it_is_another() -> None:
    load(own_csv({"stock_number": "00471"}))

    load(own_csv({"stock_number": "471"}), options=Options(look_alikes="new"))

    assert Item.objects.count() == 2
    # From now on both are known by their own numbers.
    assert load(own_csv({"stock_number": "471"})).unchanged == 1


def test_further_pieces_are_no_twins_of_other_things() -> None:
    report = load(own_csv({"stock_number": "1", "quantity": "12"}, {"stock_number": "12"}))
    assert (report.created, report.held_back) == (2, [])

    report = load(own_csv({"stock_number": "13"}))
    assert (report.created, report.held_back) == (1, [])


def test_a_dry_run_holds_back_the_same() -> None:
    content = own_csv({"stock_number": "00471"}, {"stock_number": "471"})

    assert load(content, dry_run=True).held_back == load(content).held_back


def test_the_same_file_again_holds_back_nothing_new() -> None:
    content = own_csv({"stock_number": "00471"}, {"stock_number": "A 1"})
    load(content)

    report = load(content)

    assert (report.unchanged, report.held_back, reasons(report)) == (2, [], [])


def test_looks() -> None:
    assert look_of(" 000 ") == "0"
    assert look_of("1990-007") == look_of("1990-7")
    assert exponent_range("4.01235E+12") == (4012345000000, 4012355000000)
    assert exponent_range("1E+400") is not None
    assert exponent_range("12E4") is None


def test_of_many_shortened_numbers_few_are_looked_at() -> None:
    alikes = LookAlikes()
    for number in range(10_000, 12_000):
        shortened = f"{number / 10_000:.4f}e12"
        alikes.add(shortened, Twin(shortened))

    assert len(alikes.exponents) == 1
    assert [
        twin and twin.number
        for twin in map(alikes.twin_of, ["1100049999999", "1100050000001", "1200000000000"])
    ] == ["1.1000e12", "1.1001e12", None]
    # Between two, it may be either.
    assert alikes.twin_of("1100050000000") in {Twin("1.1000e12"), Twin("1.1001e12")}


@pytest.mark.parametrize("number", ["14", "15", "16"])
def test_a_shortened_number_of_few_digits_lies_between_its_bounds(number: str) -> None:
    alikes = LookAlikes()
    alikes.add("1.5e1", Twin("1.5e1"))

    assert bool(alikes.twin_of(number)) == (number != "16")
