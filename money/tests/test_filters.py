import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from money.filters import money, number


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "EUR", "€1,234.50"),
        ("de", "EUR", "1.234,50\xa0€"),
        ("en-gb", "GBP", "£1,234.50"),
        ("en", "JPY", "¥1,234"),
    ],
)
def test_money_is_written_as_the_reader_does(
    settings: Settings, language: str, currency: str, text: str
) -> None:
    settings.CURRENCY = currency
    with translation.override(language):
        assert money(Decimal("1234.50")) == text


def test_a_paper_says_its_own_currency(settings: Settings) -> None:
    settings.CURRENCY = "JPY"
    assert money(Decimal("12.50"), "EUR") == "€12.50"


def test_dinars_are_shown_with_all_their_decimals() -> None:
    assert money(Decimal("12.5"), "KWD").endswith("12.500")


def test_templates_name_the_currency_of_papers() -> None:
    forgetful = re.compile(
        r"\b(?:invoice|order|payment|refund|attempt|quote|note)\.\w+\|money(?!:)"
    )
    folder = Path(__file__).parents[2] / "templates"
    texts = {path: path.read_text() for path in folder.rglob("*.*") if path.is_file()}
    assert not [path.name for path, text in texts.items() if forgetful.search(text)]


@pytest.mark.parametrize(("language", "text"), [("en", "−€2.00"), ("de", "−2,00\xa0€")])
def test_what_is_less_than_nothing_has_a_minus_sign(language: str, text: str) -> None:
    with translation.override(language):
        assert money(Decimal(-2)) == text


def test_nothing_costs_nothing() -> None:
    assert money(Decimal(0)) == "€0.00"


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [("en", "2.50", "2.5"), ("de", "2.50", "2,5"), ("en", "10.00", "10"), ("en", "0.25", "0.25")],
)
def test_numbers_have_no_idle_zeros(language: str, value: str, text: str) -> None:
    with translation.override(language):
        assert number(Decimal(value)) == text
