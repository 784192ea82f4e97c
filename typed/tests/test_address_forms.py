import pytest

from typed.address_forms import address_lines, address_shape, region_code
from typed.countries import CODES

TOWN = {"street": "Street 1", "postcode": "12345", "city": "Town"}


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("DE", "street postcode city"),
        ("GB", "street city postcode"),
        ("US", "street city region postcode"),
        ("IT", "street postcode city region"),
        ("HK", "street city region"),
        ("SG", "street postcode"),
        ("", "street postcode city region"),
    ],
)
def test_each_country_has_parts_in_an_order(code: str, parts: str) -> None:
    assert address_shape(code).parts == tuple(parts.split())


@pytest.mark.parametrize(
    ("code", "part", "label"),
    [
        ("US", "postcode", "ZIP code"),
        ("US", "region", "State"),
        ("JP", "region", "Prefecture"),
        ("IE", "postcode", "Eircode"),
        ("GB", "city", "Post town"),
        ("CA", "region", "Province"),
    ],
)
def test_parts_are_called_as_people_there_call_them(code: str, part: str, label: str) -> None:
    assert address_shape(code).labels[part] == label


def test_what_a_country_needs() -> None:
    assert address_shape("US").needed == {"street", "city", "region", "postcode"}
    assert address_shape("DE").needed == {"street", "city", "postcode"}
    assert address_shape("HK").needed == {"street"}
    assert address_shape("").needed == {"street", "city"}


@pytest.mark.parametrize(
    ("country", "typed", "code"),
    [
        ("US", "california", "CA"),
        ("US", "ca", "CA"),
        ("JP", "Hokkaido", "北海道"),
        ("ES", "Álava", "VI"),
        ("IT", "Roma", "RM"),
        ("US", "Bavaria", ""),
        ("DE", "Bayern", ""),
    ],
)
def test_a_region_is_known_by_its_names(country: str, typed: str, code: str) -> None:
    assert region_code(country, typed) == code


@pytest.mark.parametrize(
    ("country", "more", "lines"),
    [
        ("DE", {}, ["Street 1", "12345 Town"]),
        ("CH", {"postcode": "8001"}, ["Street 1", "8001 Town"]),
        ("GB", {"postcode": "SW1A 1AA"}, ["Street 1", "Town", "SW1A 1AA"]),
        ("US", {"region": "CA"}, ["Street 1", "Town, CA 12345"]),
        ("US", {}, ["Street 1", "Town, 12345"]),
        ("BR", {"region": "SP"}, ["Street 1", "Town-SP", "12345"]),
        ("BR", {}, ["Street 1", "Town", "12345"]),
        ("HK", {"postcode": "", "region": "Kowloon"}, ["Street 1", "Town", "Kowloon"]),
        ("JP", {"city": "", "region": "北海道"}, ["Street 1, Hokkaido", "12345"]),
        (
            "JP",
            {"street": "中央区1", "city": "", "region": "北海道"},
            ["〒12345", "北海道", "中央区1"],
        ),
        ("SG", {}, ["Street 1", "SINGAPORE 12345", "Town"]),
        ("DE", {"region": "Bayern"}, ["Street 1", "12345 Town", "Bayern"]),
        ("", {"region": "Somewhere"}, ["Street 1", "12345 Town", "Somewhere"]),
        ("DE", {"street": "Street 1\nFlat 2", "postcode": ""}, ["Street 1", "Flat 2", "Town"]),
    ],
)
def test_lines_stand_as_the_post_of_the_country_wants_them(
    country: str, more: dict[str, str], lines: list[str]
) -> None:
    assert address_lines(country, {**TOWN, **more}) == lines


def test_nothing_that_was_typed_is_left_out_anywhere() -> None:
    typed = {"street": "Street 1", "postcode": "12345", "city": "Town", "region": "Region"}
    for code in CODES:
        said = " ".join(address_lines(code, typed))
        assert all(text in said for text in typed.values()), code
    assert address_lines("DE", dict.fromkeys(typed, "")) == []
