"""Names of columns, however they are written, and what becomes of those that nobody knows."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from django.utils.translation import gettext as _

BETWEEN_WORDS = re.compile(r"[\W_]+")


@lru_cache(1000)
def key_of(name: str) -> str:
    """A name without what does not matter: case, signs, invisible characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    seen = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    return BETWEEN_WORDS.sub(" ", seen).strip()


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of the known names that somebody may have meant; empty when none is near."""
    by_key = {key_of(each): each for each in known}
    found = get_close_matches(key_of(name), by_key, n=1, cutoff=0.7)
    return by_key[found[0]] if found else ""


class Header:
    """The columns of a file: as they are written there, and as a format calls them.

    `names` are the format's names by key. What is in none of them is `unknown`.
    """

    def __init__(self, written: list[str], names: Mapping[str, str]) -> None:
        self.written = written
        self.names = [names.get(key_of(column), "") for column in written]
        self.unknown = [
            column for column, name in zip(written, self.names, strict=True) if column and not name
        ]
        # How the file calls what the format knows, for its reasons.
        self.shown = {
            name: column for column, name in zip(written, self.names, strict=True) if name
        }

    def known(self, cells: list[str]) -> dict[str, str]:
        pairs = zip(self.names, cells, strict=True)
        return {name: cell for name, cell in pairs if name}

    def others(self, cells: list[str]) -> dict[str, str]:
        """What stands in columns that the format does not know, as far as anything does."""
        rows = zip(self.written, self.names, cells, strict=True)
        return {
            column or _("column %d, without a name") % number: cell.strip()
            for number, (column, name, cell) in enumerate(rows, 1)
            if not name and cell.strip()
        }
