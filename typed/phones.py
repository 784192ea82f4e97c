"""Numbers of phones, however they are spelled: "+49 30 555777" and "030 555-777" are one.

What numbers each country has is known by Google's library; what it takes for none is left as it was
typed, for somebody may be reached by it.
"""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    is_valid_number,
    parse,
)

# What people put between digits, and before them.
SIGNS = " \u00a0\u202f-\u2010\u2011\u2013/().+"
SPELLED = re.compile(rf"[\d{re.escape(SIGNS)}]+")
# Shorter ones are part of too many.
FEWEST_DIGITS = 5
FEWEST_TO_DIAL = 3


def significant_digits(typed: str) -> str:
    """The digits that are the same in every spelling: without country, and zeros before the area.

    "" for what is no number of a phone, or too little of one to search by.
    """
    if not SPELLED.fullmatch(typed):
        return ""
    digits = re.sub(r"\D", "", typed)
    if typed.strip().startswith("+") or digits.startswith("00"):
        digits = without_country(digits.lstrip("0"))
    digits = digits.lstrip("0")
    return digits if len(digits) >= FEWEST_DIGITS else ""


def is_phone(typed: str) -> bool:
    """Whether somebody can dial it: nothing but digits and what people put between them."""
    return bool(SPELLED.fullmatch(typed)) and len(re.sub(r"\D", "", typed)) >= FEWEST_TO_DIAL


def without_country(digits: str) -> str:
    try:
        return str(parse(f"+{digits}").national_number)
    except NumberParseException:
        return digits


def international(typed: str, country: str = "") -> str:
    """As it is dialled from anywhere: "+49 30 555777" for "030/555-777" in Germany.

    What is no number of that country, or has an extension, stays as it was typed.
    """
    number = number_of(typed, country)
    return format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else typed


def phone_link(typed: str, country: str = "") -> str:
    """The address of a link that dials a number, such as "tel:+4930555777"."""
    if number := number_of(typed, country):
        return f"tel:{format_number(number, PhoneNumberFormat.E164)}"
    plus = "+" if typed.strip().startswith("+") else ""
    return f"tel:{plus}{re.sub(r'[^0-9]', '', typed)}"


def number_of(typed: str, country: str) -> PhoneNumber | None:
    """The number, where a country has such; one with letters, such as of an extension, is none."""
    if not SPELLED.fullmatch(typed):
        return None
    # Dialled as in most countries before any other one's code; some have another sign for it.
    spelled = re.sub(r"^\s*00", "+", typed)
    try:
        number = parse(spelled, country or None)
    except NumberParseException:
        return None
    return number if is_valid_number(number) else None
