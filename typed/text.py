"""Characters that nobody sees or means, which come along when a text is copied."""

import re
import unicodedata
from functools import lru_cache

# Soft hyphens, spaces of no width, marks of byte order, what turns the direction of writing, and
# letters that fill a place where none is (of Korean, Khmer).
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb]"
)
# Those of Word (Shift and Enter), of pages and of Unicode; \r is a break as well.
OTHER_BREAKS = re.compile("[\v\f\x85\u2028\u2029]")
# No XML may hold them, and no feed or e-invoice could be written; a zero is for a field to refuse.
CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
# What colours a figure or makes a flag of it, and the blank of Braille: nothing to a code.
UNSEEN_IN_CODES = re.compile("[\u180b-\u180d\u2800\ufe00-\ufe0f\U000e0000-\U000e0fff]")
# The order of a text that mixes directions may hang on these.
DIRECTION = re.compile("[\u061c\u200e\u200f]")
JOINERS = re.compile("[\u200c\u200d]")
FIXED_SPACES = re.compile("[\u00a0\u2007\u202f]")
SPACES = re.compile(r"[^\S\r\n\t]+")
HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
# Kinds of compatibility characters (Unicode, chapter 2.3) that are another look of the same
# letter. Fractions, raised figures and the like mean something else than their parts.
LOOKS = "<wide>", "<narrow>", "<font>", "<small>", "<initial>", "<medial>", "<final>", "<isolated>"
LIGATURES = range(0xFB00, 0xFB50)
LAST_LATIN = "\u02ff"
# No language has more marks on one letter (Unicode Standard Annex 15, section 13), and putting
# marks in their order takes the square of their number.
MOST_MARKS = 30


def tidy(text: str) -> str:
    """Any text as it was meant, be it a line or a letter: what was said stays as it is.

    Line breaks are one character each, letters with accents are composed (NFC). A break of
    another kind alone, as a title copied from Word may have, is a space.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = OTHER_BREAKS.sub("\n" if "\n" in text else " ", CONTROLS.sub("", text))
    if text.isascii():
        return text
    text = UNSEEN.sub("", unicodedata.normalize("NFC", with_few_marks(text)))
    if not any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text):
        text = DIRECTION.sub("", text)
    if "\n" not in text:
        # In a letter they keep what belongs together on one line.
        text = FIXED_SPACES.sub(" ", text)
    return JOINERS.sub(lambda found: found[0] if joins(text, found.start()) else "", text)


def with_few_marks(text: str) -> str:
    """Without the marks that are too many on one letter, as unseen as they may be between them."""
    kept = []
    marks = 0
    for char in text:
        marks = marks_with(char, marks)
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def marks_with(char: str, before: int) -> int:
    """How many marks are on a letter with this one, when there were so many before."""
    parts = parts_of(char)
    if not unicodedata.combining(parts[0]):
        return before if unicodedata.category(char) == "Cf" else 0
    return before + len(parts)


@lru_cache(maxsize=4096)
def parts_of(char: str) -> str:
    return unicodedata.normalize("NFKD", char)


def joins(text: str, at: int) -> bool:
    """Whether a joiner stands where one has a meaning: within Persian, Hindi or a figure."""
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return len(around) == len("ab") and all(
        char > LAST_LATIN and unicodedata.category(char)[0] in "LMS" for char in around
    )


def plain_line(text: str) -> str:
    """A name or title in plain letters, with ordinary single spaces.

    Line breaks and zeros stay, for a field to refuse.
    """
    text = DIRECTION.sub("", tidy(text))
    letters = "".join(plain_letter(char) for char in text)
    return SPACES.sub(" ", unicodedata.normalize("NFC", letters)).strip()


def plain_letter(char: str) -> str:
    kind = unicodedata.decomposition(char).partition(" ")[0]
    if kind in LOOKS or ord(char) in LIGATURES:
        return unicodedata.normalize("NFKC", char)
    return char


def plain_code(text: str) -> str:
    """A phone number, postcode or the like: plain figures, letters and hyphens, nothing unseen."""
    seen = UNSEEN_IN_CODES.sub("", unicodedata.normalize("NFKC", with_few_marks(text)))
    text = JOINERS.sub("", plain_line(seen))
    return "".join(plain_figure(char) for char in HYPHENS.sub("-", text))


def plain_figure(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
