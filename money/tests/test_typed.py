from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from money.currency import unit_of
from money.typed import NotAnAmount, TooFine, Unclear, like, read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,299.00", "1299"),
        ("1.299,00", "1299"),
        ("1 299.00", "1299"),
        ("1’299.00", "1299"),
        ("1'299,5", "1299.50"),
        ("1\u202f299,50", "1299.50"),
        ("1\xa0299", "1299"),
        ("€ 45", "45"),
        ("45 €", "45"),
        ("EUR 45.50", "45.50"),
        ("45eur", "45"),
        ("45.", "45"),
        ("45,-", "45"),
        ("45.–", "45"),
        (".5", "0.50"),
        ("0.500", "0.50"),
        ("45.5", "45.50"),
        ("45,5", "45.50"),
        ("45.5000", "45.50"),
        ("1250000", "1250000"),
        ("1.250.000", "1250000"),
        ("12,34,567.50", "1234567.50"),
        ("1,250", "1250"),
        ("-10", "-10"),
        ("−10,00", "-10"),
        ("€ -10", "-10"),
        ("+45", "45"),
        ("45 Euro", "45"),
        ("45 euros", "45"),
        ("\u200e45\u202c", "45"),
        ("４５．５０", "45.50"),
        ("١٬٢٥٠٫٥٠", "1250.50"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert read_amount(text, currency="EUR", locale="en") == Decimal(amount)


@pytest.mark.parametrize(
    ("currency", "locale", "text", "amount"),
    [
        ("EUR", "de", "1.250", "1250"),
        ("EUR", "de", "1.250,00", "1250"),
        ("EUR", "de", "1,25", "1.25"),
        ("EUR", "fr", "1 250,00 €", "1250"),
        ("CHF", "de_CH", "Fr. 1’299.–", "1299"),
        ("CHF", "en", "Fr.45", "45"),
        ("USD", "en", "$1,250", "1250"),
        ("USD", "en", "US$ 5", "5"),
        ("GBP", "en_GB", "£5.50", "5.50"),
        ("SEK", "en", "45 kr", "45"),
        ("PLN", "en", "45 zł", "45"),
        ("JPY", "en", "¥3,333", "3333"),
        ("JPY", "ja", "￥3,333", "3333"),
        ("JPY", "ja", "3,333円", "3333"),
        ("JPY", "en", "45.00", "45"),
        ("KRW", "ko", "₩45,000", "45000"),
        ("KWD", "en", "45.000", "45"),
        ("KWD", "en", "45.505", "45.505"),
        ("KWD", "en", "45,505.000", "45505"),
        ("KWD", "de", "45,505", "45.505"),
        ("TND", "fr", "45,505", "45.505"),
    ],
)
def test_currency_and_locale_say_what_a_text_means(
    currency: str, locale: str, text: str, amount: str
) -> None:
    assert read_amount(text, currency=currency, locale=locale) == Decimal(amount)


@pytest.mark.parametrize(
    ("currency", "text"),
    [("EUR", "45.505"), ("EUR", "0.001"), ("JPY", "199.5"), ("JPY", "1.250"), ("KWD", "0.0005")],
)
def test_what_is_finer_than_the_currency_is_refused(currency: str, text: str) -> None:
    with pytest.raises(TooFine, match=f"smallest amount in {currency}"):
        read_amount(text, currency=currency, locale="en")


@pytest.mark.parametrize(
    ("currency", "locale", "text", "readings"),
    [
        ("EUR", "en", "45.000", ("45", "45000")),
        ("EUR", "en", "1.250", ("1.25", "1250")),
        ("EUR", "de", "45,000", ("45", "45000")),
        ("EUR", "fr", "45.000", ("45", "45000")),
        ("JPY", "en", "45.000", ("45", "45000")),
        ("KWD", "en", "85,500", ("85.5", "85500")),
        ("KWD", "en", "1,234", ("1.234", "1234")),
        ("KWD", "de", "1.234", ("1.234", "1234")),
        ("KWD", "fr", "1.234", ("1.234", "1234")),
    ],
)
def test_what_may_be_either_of_two_is_asked_about(
    currency: str, locale: str, text: str, readings: tuple[str, str]
) -> None:
    with pytest.raises(Unclear) as question:
        read_amount(text, currency=currency, locale=locale)
    assert question.value.readings == tuple(map(Decimal, readings))
    for reading in question.value.readings:
        written = like(reading, currency, locale)
        assert written in str(question.value)
        assert read_amount(written, currency=currency, locale=locale) == reading


def test_a_question_says_what_it_takes_the_text_for() -> None:
    with pytest.raises(Unclear, match=r"Is this 45\.00 or 45,000\.00\?"):
        read_amount("45.000", currency="EUR", locale="en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "€",
        "free",
        "1e3",
        "NaN",
        "1 29",
        "12,3,45",
        "1.2,3.4",
        "1,2,3",
        "--5",
        "5-",
        "5 5",
        "9" * 41,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(text, currency="EUR", locale="en")


@pytest.mark.parametrize("text", ["1e9", "45 / 46", "1e+3"])
def test_a_text_with_more_than_one_number_is_told_how_amounts_look(text: str) -> None:
    with pytest.raises(NotAnAmount, match=r"Enter an amount such as 45\.00\."):
        read_amount(text, currency="EUR", locale="en")


def test_an_amount_in_another_currency_is_refused() -> None:
    with pytest.raises(NotAnAmount, match="“\\$” does not belong to an amount in EUR"):
        read_amount("$ 45", currency="EUR", locale="en")


@given(
    units=st.integers(-(10**10), 10**10),
    currency=st.sampled_from(
        ["EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "KRW", "KWD", "TND"]
    ),
    locale=st.sampled_from(
        ["en", "de", "de_CH", "fr", "es", "pt_PT", "sv", "pl", "ja", "ar", "hi"]
    ),
)
def test_what_the_shop_writes_is_read_as_what_it_was(
    units: int, currency: str, locale: str
) -> None:
    amount = units * unit_of(currency)
    shown = format_currency(amount, currency, locale=locale)
    assert read_amount(shown, currency=currency, locale=locale) == amount
    if amount >= 0:
        assert (
            read_amount(like(amount, currency, locale), currency=currency, locale=locale) == amount
        )


@given(text=st.text(max_size=50), locale=st.sampled_from(["en", "de", "fr"]))
def test_any_text_is_an_amount_or_refused(text: str, locale: str) -> None:
    try:
        amount = read_amount(text, currency="EUR", locale=locale)
    except NotAnAmount as refusal:
        assert str(refusal)  # noqa: PT017
    else:
        assert amount == round(amount, 2)
