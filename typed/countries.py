"""Countries by their codes: those of ISO 3166-1, which the library django-countries keeps.

Names are those of Unicode's CLDR, by Babel, in any language: of other lists none is whole.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers
from django.conf import settings
from django.utils.translation import get_language
from django_countries.data import COUNTRIES

# Kosovo has no code of ISO's, but this one everywhere, and parcels.
CODES = frozenset([*COUNTRIES, "XK"])
# Shorter than CLDR's, and as envelopes have them.
SHORT_NAMES = {"HK": "Hong Kong", "MO": "Macau"}
# What people call some countries, beside their names in the languages of the world.
NICKNAMES = {
    "america": "US",
    "usa": "US",
    "unitedstatesofamerica": "US",
    "uk": "GB",
    "greatbritain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northernireland": "GB",
    "holland": "NL",
    "uae": "AE",
    "dubai": "AE",
    "abudhabi": "AE",
    "hongkong": "HK",
    "香港": "HK",
    "macau": "MO",
    "macao": "MO",
    "澳門": "MO",
    "澳门": "MO",
    "eire": "IE",
    "republicofireland": "IE",
    "czechrepublic": "CZ",
    "turkey": "TR",
}


def country_code(name: str, *languages: str) -> str:
    """The ISO code of a country by its name in a language, in English or its own; or "".

    Without any language, by its name in any of those that the shop can speak.
    """
    if not (wanted := letters_of(name)):
        return ""
    if name.strip().upper() in CODES:
        return name.strip().upper()
    if code := NICKNAMES.get(wanted) or names_in("en").get(wanted):
        return code
    spoken = languages or [code for code, _name in settings.LANGUAGES]
    found = (names_in(language).get(wanted) for language in spoken)
    return next(filter(None, found), None) or own_names().get(wanted, "")


def country_name(code: str, language: str | None = None) -> str:
    """What a country is called in a language, without one in that of the page; "" for none."""
    if code not in CODES:
        return ""
    names = territories_in(language or get_language() or "en") or territories_in("en")
    return SHORT_NAMES.get(code) or names.get(code, code)


def countries_in(language: str, first: str = "") -> list[tuple[str, str]]:
    """All with their names, in the order of these: Å beside A, É beside E. One may come first."""
    listed = all_named(language)
    return sorted(listed, key=lambda pair: pair[0] != first) if first else [*listed]


@cache
def all_named(language: str) -> tuple[tuple[str, str], ...]:
    named = ((code, country_name(code, language)) for code in CODES)
    return tuple(sorted(named, key=lambda pair: letters_of(pair[1])))


def letters_of(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isalnum())


@cache
def territories_in(language: str) -> dict[str, str]:
    # What Babel does not know, it looks for among what other threads are adding to.
    if language.partition("-")[0].partition("_")[0] not in locale_identifiers():
        return {}
    try:
        return dict(Locale.parse(language.replace("-", "_")).territories)
    except (ValueError, UnknownLocaleError):
        return {}


@cache
def names_in(language: str) -> dict[str, str]:
    return {
        letters_of(name): code for code, name in territories_in(language).items() if code in CODES
    }


@cache
def own_names() -> dict[str, str]:
    """What each country calls itself, in all that is spoken there officially.

    It takes half a second and 80 MB: only for a name that no language of the shop knows.
    """
    return {letters_of(name): code for code in sorted(CODES) for name in called(code)}


def called(code: str) -> Iterator[str]:
    for language in get_official_languages(code, de_facto=True):
        if name := territories_in(language).get(code):
            yield name
