"""Whether a name that was typed is that of somebody whom the shop knows."""

import re
import unicodedata


def words_of(name: str) -> list[str]:
    """The words of a name, without case, accents and marks between them."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", letters)


def is_surname(typed: str, name: str) -> bool:
    """Whether what was typed is the end of a name, such as “Berg”, or all of it.

    Of “Berg, Anna” it is what stands before the comma.
    """
    surname, comma, _first = name.partition(",")
    given, whole = words_of(typed), words_of(name)
    ends = [whole[-len(given) :]] + ([words_of(surname)[-len(given) :]] if comma else [])
    return bool(given) and given in ends
