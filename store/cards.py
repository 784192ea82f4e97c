"""What the lists show of an item: one query and plain values, whatever the number of items."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from store.models import Item, ItemImage, ItemQuerySet

FIELDS = ["title", "slug", "maker", "period", "price", "picture", "free_at", "now"]


class Picture(NamedTuple):
    image: str
    alt_text: str
    width: int
    height: int


class Card(NamedTuple):
    """An item on the wall: plain values, so that its HTML can be remembered."""

    title: str
    slug: str
    maker: str
    period: str
    price: Decimal
    picture_values: Picture | None
    held_until: datetime | None

    def get_absolute_url(self) -> str:
        return reverse("store:item", args=[self.slug])

    @property
    def picture(self) -> ItemImage | None:
        """The primary image, not read anew."""
        return ItemImage(**self.picture_values._asdict()) if self.picture_values else None


def rows_of(items: ItemQuerySet) -> "QuerySet[Item, Any]":
    return items.with_free_at().with_picture().values_list(*FIELDS)


# Lazy, and put together once: that costs more than asking the database.
LISTED = rows_of(Item.objects.listed())
FREE = rows_of(Item.objects.free())


def cards_of(rows: "QuerySet[Item, Any]") -> list[Card]:
    """Read the cards of LISTED or FREE items, filtered, ordered and cut, in one query."""
    return [
        Card(
            *shown,
            Picture(**picture) if picture else None,
            free_at if free_at and free_at > now else None,
        )
        for *shown, picture, free_at, now in rows
    ]
