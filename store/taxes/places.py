"""Whose VAT is charged where something is sent: nothing here asks the database or a setting.

Articles 5 to 8, 33 and 34 of Directive 2006/112/EC; docs/law.md says how sure that is. Territories
with a VAT of their own, or none, are told by their postcodes: of those staff decide.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from eu_vat_rates_data import get_all_rates

MEMBERS = frozenset(code for code, rate in get_all_rates().items() if rate["eu_member"])
# Article 7: sales to there count as if they were to France.
SAME_AS = {"MC": "FR"}
# By the beginning of their postcodes: within a member state, but outside the EU's VAT area or with
# rates of their own; and Northern Ireland, which is the other way round.
APART = {
    # Jungholz and the Kleinwalsertal.
    "AT": re.compile(r"6691|699[123]"),
    # Büsingen, Heligoland.
    "DE": re.compile(r"78266|27498"),
    # The Canary Islands, Ceuta, Melilla.
    "ES": re.compile(r"35|38|51|52"),
    # Åland.
    "FI": re.compile(r"22"),
    # Overseas. Monaco’s 98000 is none of them.
    "FR": re.compile(r"97|98[4678]"),
    "GB": re.compile(r"BT"),
    # Athos; the islands whose rate is lower.
    "GR": re.compile(r"6308[67]|81|82|83|853|854"),
    # Livigno, Campione.
    "IT": re.compile(r"23041|22061"),
    # Azores and Madeira.
    "PT": re.compile(r"9"),
}
# Letters before it stand for the country, as in E-38001.
DIGITS, LETTERS = re.compile(r"\D"), re.compile(r"[^A-Z]")


class Kind(Enum):
    HOME = auto()
    # Another member state, with its rate.
    MEMBER = auto()
    # A territory that staff have to decide about.
    APART = auto()
    OUTSIDE = auto()


class Place(NamedTuple):
    kind: Kind = Kind.HOME
    # Whose VAT it is, of a member state that is not the shop's.
    country: str = ""


def place_of(country: str, postcode: str, home: str) -> Place:
    """Where a parcel goes, as a shop in `home` sees it; countries are codes, "" is at home."""
    country = SAME_AS.get(country, country)
    apart = APART.get(country)
    if apart and apart.match(bare(country, postcode)):
        return Place(Kind.APART)
    if not country or country == home:
        return Place()
    if country in MEMBERS:
        return Place(Kind.MEMBER, country)
    return Place(Kind.OUTSIDE)


def bare(country: str, postcode: str) -> str:
    """What of a postcode says where in its country it is."""
    others = LETTERS if country == "GB" else DIGITS
    return others.sub("", postcode.upper())


def is_alike(country: str, one: str, other: str, home: str) -> bool:
    """Whether what staff have said of one postcode holds for another of the same country.

    Of territories with a law of their own each is decided by itself.
    """
    if bare(country, one) == bare(country, other):
        return True
    kinds = {place_of(country, postcode, home).kind for postcode in (one, other)}
    return Kind.APART not in kinds


def may_be_export(country: str, postcode: str, home: str) -> bool:
    """Whether what is sent there leaves the EU's VAT area, or the country of a shop outside of it.

    Nothing leaves the EU for a member state, whoever says so.
    """
    kind = place_of(country, postcode, home).kind
    return kind in {Kind.OUTSIDE, Kind.APART} or (kind is Kind.MEMBER and home not in MEMBERS)
