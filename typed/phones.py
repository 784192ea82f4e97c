"""Numbers of phones, however they are spelled: "+49 30 555777" and "030 555-777" are one."""

import re

# What people put between digits, and before them.
SIGNS = " \u00a0\u202f-\u2010\u2011\u2013/().+"
SPELLED = re.compile(rf"[\d{re.escape(SIGNS)}]+")
# Of what ITU-T E.164 assigns, the country codes of one digit and of two; all others have three.
ONE, TWO = "17", re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
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
    if digits[:1] in ONE:
        return digits[1:]
    return digits[2 if TWO.match(digits) else 3 :]
