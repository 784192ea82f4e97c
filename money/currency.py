"""The currency's own unit: the smallest amount there is. Yen have no decimals, dinars three."""

import unicodedata
from decimal import Decimal
from functools import cache

from babel.core import UnknownLocaleError, get_global
from babel.languages import get_official_languages
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol
from django.conf import settings
from django.utils.translation import get_language, to_locale

# Columns of amounts hold no more.
MOST_DECIMALS = 3
# Signs that people use and Unicode's locale data does not know.
CUSTOMARY = {"CHF": {"fr", "sfr"}, "CNY": {"元"}, "JPY": {"円", "¥"}, "KRW": {"원"}}


def shop_currency() -> str:
    """What is written now is in this currency."""
    return str(settings.CURRENCY)


def decimals_of(currency: str | None = None) -> int:
    """How many decimals the amounts of a currency have; of the shop's when none is named."""
    return get_currency_precision(currency or settings.CURRENCY)


def unit_of(currency: str | None = None) -> Decimal:
    """The smallest amount of a currency, such as 0.01."""
    return Decimal(1).scaleb(-decimals_of(currency))


def plain(text: str) -> str:
    """The characters that are seen, in their plain forms: no marks of direction, no wide digits."""
    seen = (
        sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf"
    )
    return "".join(seen)


def reader_locale() -> str:
    """Babel's name for the language that is active, or else the shop's."""
    return to_locale(get_language() or settings.LANGUAGE_CODE)


@cache
def signs_of(currency: str, locale: str) -> frozenset[str]:
    """How a currency is named beside an amount, in plain lower case and without full stops.

    By readers of a locale, in English, and where it is legal tender.
    """
    locales = {locale, "en"} | {
        f"{language}_{territory}"
        for territory, currencies in get_global("territory_currencies").items()
        if any(code == currency and end is None for code, _start, end, _tender in currencies)
        for language in get_official_languages(territory)
    }
    signs = {currency, *CUSTOMARY.get(currency, ())}
    for name in locales:
        try:
            signs.add(get_currency_symbol(currency, name))
            signs |= {get_currency_name(currency, count=count, locale=name) for count in (1, 2)}
        except (UnknownLocaleError, ValueError):
            continue
    return frozenset(plain(sign).casefold().replace(".", "") for sign in signs)
