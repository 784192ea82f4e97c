"""Addresses (slugs) for what an import creates: made from names, unique."""

from collections.abc import Callable, Collection
from hashlib import sha256
from itertools import count

from django.utils.text import slugify

from store.search.words import words_of

ITEM_LENGTH = 220
CATEGORY_LENGTH = 100
# Addresses of categories share their place with these pages.
RESERVED = {"item", "feed", "feed-atom"}


def plain_slug(text: str, *, otherwise: str, length: int) -> str:
    """A text in plain Latin letters; `otherwise` when it has none."""
    return slugify(" ".join(words_of(text)))[:length].strip("-") or otherwise


def item_slugs(title: str, stock_number: str) -> list[str]:
    """What to try for an item: its title, then with its stock number, then with a mark of that."""
    slug = plain_slug(title, otherwise="item", length=ITEM_LENGTH)
    mark = sha256(stock_number.encode()).hexdigest()[:8]
    number = plain_slug(stock_number, otherwise=mark, length=CATEGORY_LENGTH)
    return [slug, numbered(slug, number, ITEM_LENGTH), numbered(slug, mark, ITEM_LENGTH)]


def free_slug(candidates: list[str], length: int, is_taken: Callable[[str], bool]) -> str:
    """The first candidate that is free, or else the last one with a number."""
    for slug in candidates:
        if not is_taken(slug):
            return slug
    numbers = (numbered(candidates[-1], str(number), length) for number in count(2))
    return next(slug for slug in numbers if not is_taken(slug))


def category_slug(name: str, taken: Collection[str]) -> str:
    slug = plain_slug(name, otherwise="category", length=CATEGORY_LENGTH)
    return free_slug([slug], CATEGORY_LENGTH, lambda slug: slug in RESERVED or slug in taken)


def numbered(slug: str, number: str, length: int) -> str:
    return f"{slug[: length - len(number) - 1]}-{number}"
