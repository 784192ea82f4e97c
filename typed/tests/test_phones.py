import pytest

from typed.phones import international, phone_link, significant_digits


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


@pytest.mark.parametrize(
    ("typed", "country", "shown"),
    [
        ("030/555-7777", "DE", "+49 30 5557777"),
        ("0049 (0)30 5557777", "FR", "+49 30 5557777"),
        ("(202) 555-0143", "US", "+1 202-555-0143"),
        ("06 1234 5678", "IT", "+39 06 1234 5678"),
        ("8 (912) 345-67-89", "RU", "+7 912 345-67-89"),
        ("01 23 45 67 89", "FR", "+33 1 23 45 67 89"),
        ("+49 30 1234567", "", "+49 30 1234567"),
        # Nobody says of which country, nobody has such, or it is more than a number.
        ("030 5557777", "", "030 5557777"),
        ("030 1", "DE", "030 1"),
        ("030 5557777 ext. 5", "DE", "030 5557777 ext. 5"),
        ("+999 1234567", "DE", "+999 1234567"),
        ("after six", "DE", "after six"),
        ("", "DE", ""),
    ],
)
def test_a_number_is_written_as_it_is_dialled_from_anywhere(
    typed: str, country: str, shown: str
) -> None:
    assert international(typed, country) == shown
    # Written twice, it is still the same, and found by what was typed.
    assert international(shown, country) == shown


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("030/555-7777", "DE"),
        ("(202) 555-0143", "US"),
        ("1 202 555 0143", "US"),
        ("06 1234 5678", "IT"),
        ("01 23 45 67 89", "FR"),
        ("+36 20 123 4567", "HU"),
    ],
)
def test_what_was_typed_finds_what_is_kept(typed: str, country: str) -> None:
    kept = "".join(char for char in international(typed, country) if char.isdigit())

    assert kept.endswith(significant_digits(typed))


@pytest.mark.parametrize(
    ("typed", "country", "link"),
    [
        ("030/555-7777", "DE", "tel:+49305557777"),
        ("+49 (0)30 5557777", "", "tel:+49305557777"),
        ("030 1", "DE", "tel:0301"),
        ("+999 1", "", "tel:+9991"),
        ("javascript:alert(1)", "DE", "tel:1"),
    ],
)
def test_a_link_dials_it(typed: str, country: str, link: str) -> None:
    assert phone_link(typed, country) == link
