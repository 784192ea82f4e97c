"""What the lists show of an item: one query and plain values, whatever the number of items."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.urls import reverse

from store.availability import FirstHold, first_hold, state_words
from store.models import Item, ItemImage, ItemQuerySet, Piece
from store.models.item_image import what_is_seen
from typed.translated import Words, said

FIELDS = ["title", "slug", "maker", "period", "price"]


class Picture(NamedTuple):
    image: str
    alt_text: str
    width: int
    height: int
    renditions: int


class Tile(NamedTuple):
    """An item as the lists show it: plain values, so that its HTML can be cached."""

    pk: int
    title: Words
    slug: str
    maker: str
    period: Words
    price: Decimal
    picture_values: Picture | None
    # How far holds keep it from others: `ItemQuerySet.with_availability`.
    ends: str | None

    def get_absolute_url(self) -> str:
        return reverse("store:item", args=[self.slug])

    @property
    def available(self) -> str:
        """What it is called when nobody holds it."""
        return state_words(Piece.State.AVAILABLE)

    @property
    def first_hold(self) -> FirstHold | None:
        return first_hold(self.ends)

    @property
    def picture(self) -> ItemImage | None:
        """The primary image, not read anew."""
        return ItemImage(**self.picture_values._asdict()) if self.picture_values else None


def rows_of(items: ItemQuerySet) -> ItemQuerySet:
    return items.with_availability().with_picture().with_titles().only(*FIELDS)


# Lazy, and put together once: that costs more than asking the database.
TILES = rows_of(Item.objects.all())
LISTED = rows_of(Item.objects.listed())
AVAILABLE = rows_of(Item.objects.available())


def tiles_of(items: Iterable[Item]) -> list[Tile]:
    """Turn items out of TILES, LISTED or AVAILABLE into tiles, without another query."""
    return [tile_of(item) for item in items]


def tile_of(item: Item) -> Tile:
    title = said(item.title, item.titles)
    return Tile(
        item.pk,
        title,
        item.slug,
        item.maker,
        said(item.period, item.periods),
        item.price,
        picture_of(item.picture, title) if item.picture else None,
        item.ends,
    )


def picture_of(values: dict[str, Any], title: Words) -> Picture:
    """The picture of a row, with what is seen on it; of that nobody has said, the title."""
    described, others = (values.pop(name) for name in ("is_described", "others"))
    # SQLite puts an object into another one as text.
    others = json.loads(others) if isinstance(others, str) else others
    alt_text = what_is_seen(values.pop("alt_text"), others, title, is_described=described)
    return Picture(alt_text=alt_text, **values)
