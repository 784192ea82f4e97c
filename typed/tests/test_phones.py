import pytest

from typed.phones import significant_digits


@pytest.mark.parametrize(
    "typed",
    [
        "+49 30 555777",
        "030 555-777",
        "0049 (0)30/555777",
        "(030) 55 57 77",
        "+49\u00a030\u2013555.777",
    ],
)
def test_all_spellings_are_one_number(typed: str) -> None:
    assert significant_digits(typed) == "30555777"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+1 202 555 0143", "2025550143"),
        ("+353 1 555 0123", "15550123"),
        ("+44 20 7946 0018", "2079460018"),
        ("555777", "555777"),
    ],
)
def test_the_country_is_left_out(typed: str, digits: str) -> None:
    assert significant_digits(typed) == digits


@pytest.mark.parametrize("typed", ["", "R00003", "00003", "030", "a 030 555777", "+", "00"])
def test_what_is_no_phone_has_none(typed: str) -> None:
    assert significant_digits(typed) == ""
