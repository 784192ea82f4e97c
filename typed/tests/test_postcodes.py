import pytest

from typed.postcodes import example_for, needs_postcode


@pytest.mark.parametrize("code", ["HK", "AE", "IE", "PA", "QA", "MO", "BO", ""])
def test_where_there_are_none_none_is_needed(code: str) -> None:
    assert not needs_postcode(code)


@pytest.mark.parametrize("code", ["DE", "GB", "US", "JP", "CH", "AT", "FR", "NL"])
def test_elsewhere_one_is(code: str) -> None:
    assert needs_postcode(code)


@pytest.mark.parametrize(
    ("code", "postcode"),
    [
        ("DE", "10115"),
        ("DE", "D-10115"),
        ("GB", "sw1a1aa"),
        ("NL", "1012 ab"),
        ("PL", "00950"),
        ("JP", "１５４－００２３"),
        ("SE", "11455"),
        ("IE", "D02 AF30"),
        ("HK", "anything"),
        ("", "anything"),
    ],
)
def test_a_good_postcode_is_taken(code: str, postcode: str) -> None:
    assert example_for(code, postcode) == ""


# The last begins with a letter of Russian.
WRONG = [("DE", "1011"), ("AT", "10115"), ("GB", "1234"), ("GB", "\u0412T1 1AA")]


@pytest.mark.parametrize(("code", "postcode"), WRONG)
def test_of_a_wrong_one_the_right_form_is_shown(code: str, postcode: str) -> None:
    assert example_for(code, example_for(code, postcode)) == ""
    assert example_for(code, postcode)
