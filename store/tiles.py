"""What the lists show of an item: one query and plain values, whatever the number of items."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.urls import reverse

from store.availability import FirstHold, first_hold, state_words
from store.models import Item, ItemImage, ItemQuerySet, Piece

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
    title: str
    slug: str
    maker: str
    period: str
    price: Decimal
    picture_values: Picture | None
    first_hold: FirstHold | None

    def get_absolute_url(self) -> str:
        return reverse("store:item", args=[self.slug])

    @property
    def available(self) -> str:
        """What it is called when nobody holds it."""
        return state_words(Piece.State.AVAILABLE)

    @property
    def picture(self) -> ItemImage | None:
        """The primary image, not read anew."""
        return ItemImage(**self.picture_values._asdict()) if self.picture_values else None


def rows_of(items: ItemQuerySet) -> ItemQuerySet:
    return items.with_availability().with_picture().only(*FIELDS)


# Lazy, and put together once: that costs more than asking the database.
LISTED = rows_of(Item.objects.listed())
AVAILABLE = rows_of(Item.objects.available())


def tiles_of(items: Iterable[Item]) -> list[Tile]:
    """Turn items out of LISTED or AVAILABLE into tiles, without another query."""
    return [tile_of(item) for item in items]


def tile_of(item: Item) -> Tile:
    return Tile(
        item.pk,
        item.title,
        item.slug,
        item.maker,
        item.period,
        item.price,
        Picture(**item.picture) if item.picture else None,
        first_hold(item),
    )
