"""Stock numbers that are one thing's to people, and two to a computer.

A spreadsheet takes 00471 for 471 and shows 4012345678901 as 4.01235E+12; people write a-12 for
A 12. Whoever imports such a file again would put one thing on sale twice.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from decimal import Decimal

from store.imports.shop_csv import OWN_PREFIX
from store.models import Item, Piece
from typed.text import plain_code

EXPONENT = re.compile(r"([0-9](?:[.,][0-9]+)?)e\+?([0-9]{1,3})")
# As spreadsheets write it, who have lost the other digits.
SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
# Zeros before a group of digits; those behind a point say something, as in 2000.05.
LEADING_ZEROS = re.compile(r"(?<![0-9.,])0+(?=[0-9])")
SPACES_AND_DASHES = re.compile(r"[\s_\-‐-―−]+")
# As spreadsheets and programs write a whole number that they have counted with.
NO_DECIMALS = re.compile(r"^('?[0-9]+)[.,]0{1,2}$")
FURTHER_PIECE = re.compile(r"(.+)-[0-9]+")
# More digits than these are zeros in a spreadsheet.
DIGITS_KEPT = 15


@dataclass(frozen=True, slots=True)
class Twin:
    """What has a number that looks the same: an item, or a line of the same file.

    Without either, it is something whose number nobody can read any more.
    """

    number: str
    item_id: int | None = None
    line: int | None = None


def look_of(number: str) -> str:
    """What all numbers that look alike have in common, but for those with an exponent."""
    # Most numbers need no more, and each of the shop is looked at.
    code = number.strip() if number.isascii() else plain_code(number)
    plain = NO_DECIMALS.sub(r"\1", code.casefold().replace("ı", "i"))
    # Of a large İ, a small i and a dot above are left.
    plain = plain.replace("i\u0307", "i").lstrip("'#+")
    look = SPACES_AND_DASHES.sub("", LEADING_ZEROS.sub("", plain))
    if is_whole(look) and len(look) > DIGITS_KEPT:
        return look[:DIGITS_KEPT] + "0" * (len(look) - DIGITS_KEPT)
    return look


def exponent_range(number: str) -> tuple[int, int] | None:
    """Between which whole numbers one lies that is shown as, say, 4.01235E+12."""
    found = EXPONENT.fullmatch(number.strip().casefold())
    if not found:
        return None
    mantissa = Decimal(found[1].replace(",", "."))
    exponent = int(found[2])
    half = Decimal(5).scaleb(exponent - 1 + int(mantissa.as_tuple().exponent))
    shown = mantissa.scaleb(exponent)
    return int(shown - half), int(shown + half)


@dataclass
class LookAlikes:
    """The numbers of all things in the shop, and of those that an import brings."""

    by_look: dict[str, Twin] = field(default_factory=dict)
    # Whole numbers, sorted when one with an exponent comes.
    whole: list[int] = field(default_factory=list)
    # Those with an exponent: by how far apart the bounds are between which they lie, and the lower.
    exponents: dict[int, dict[int, Twin]] = field(default_factory=dict)
    last_piece: int = -1

    def refresh(self) -> None:
        """Learn what has come into the shop since: for each batch, under the lock of imports."""
        if self.last_piece < 0:
            self.learn_pieceless()
            self.last_piece = 0
        pieces = Piece.objects.filter(pk__gt=self.last_piece).order_by("pk")
        for pk, number, item_id in pieces.values_list("pk", "stock_number", "item_id"):
            self.last_piece = pk
            if not self.is_further_piece(number, item_id):
                self.add(number, Twin(number, item_id=item_id))

    def learn_pieceless(self) -> None:
        items = Item.with_bin.filter(pieces=None, import_ref__startswith=OWN_PREFIX)
        for pk, ref in items.values_list("pk", "import_ref"):
            number = str(ref).removeprefix(OWN_PREFIX)
            self.add(number, Twin(number, item_id=pk))

    def is_further_piece(self, number: str, item_id: int) -> bool:
        """The second of item 1 is 1-2, which is no twin of item 12."""
        further = FURTHER_PIECE.fullmatch(number)
        first = self.by_look.get(look_of(further[1])) if further else None
        return first is not None and first.item_id in {None, item_id}

    def add(self, number: str, twin: Twin) -> None:
        look = look_of(number)
        known = self.by_look.get(look)
        if known and known.number == number and known.item_id is None:
            # A line of this file, which has become an item since.
            self.by_look[look] = replace(known, item_id=twin.item_id)
        if known:
            return
        self.by_look[look] = twin
        if bounds := exponent_range(number):
            self.add_shortened(*bounds, twin)
        elif is_whole(look):
            self.whole.append(int(look))

    def add_shortened(self, low: int, high: int, twin: Twin) -> None:
        width = high - low
        # Of a few digits, all are there.
        for lower in (low,) if width > 1 else (low, high):
            self.exponents.setdefault(width if width > 1 else 0, {}).setdefault(lower, twin)

    def shortened(self, number: int) -> Twin | None:
        """One with an exponent that may be this number. As many as there are, few are looked at."""
        for width, twins in self.exponents.items():
            # Bounds of one width lie half of it beside its multiples.
            low = number - (number + width // 2) % width if width else number
            before = twins.get(low - width) if low == number else None
            if found := twins.get(low, before):
                return found
        return None

    def twin_of(self, number: str) -> Twin | None:
        look = look_of(number)
        if twin := self.by_look.get(look):
            return twin
        if bounds := exponent_range(number):
            self.whole.sort()
            place = bisect_left(self.whole, bounds[0])
            is_within = place < len(self.whole) and self.whole[place] <= bounds[1]
            if is_within:
                return self.by_look[str(self.whole[place])]
        if is_whole(look):
            return self.shortened(int(look))
        return Twin("") if SHORTENED.fullmatch(number.strip()) else None


def is_whole(look: str) -> bool:
    return look.isascii() and look.isdecimal()
