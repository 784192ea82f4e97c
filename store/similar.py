"""What is like a thing: of its category, by its maker first."""

from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Q, QuerySet, Value, When

from store.models import Item
from store.statements import Statement
from store.tiles import AVAILABLE, LISTED, Tile, tiles_of

SIMILAR = 4
# Chosen by what is on sale, so that a page need not choose anew with each hold, and of these those
# are shown that nobody holds.
ON_SALE = 6
# The maker is looked for among the newest, so that a large category takes no longer.
NEWEST_LOOKED_AT = 100


def related(item: Any, category: Any, maker: Any) -> QuerySet[Item]:
    newest = Item.objects.listed().filter(category=category).exclude(pk=item).order_by("-pk")
    by_maker = When(Q(maker=maker) & ~Q(maker=""), then=Value(0))
    found = LISTED.filter(pk__in=newest.values("pk")[:NEWEST_LOOKED_AT])
    return found.order_by(Case(by_maker, default=Value(1)), "-pk")[:ON_SALE]


@cache
def related_statement() -> Statement:
    """Asked on the page of every item. Not made on import: SQLite is asked what it can do."""
    return Statement(related, item=BigIntegerField(), category=BigIntegerField(), maker=CharField())


def alike(item: Item) -> list[Tile]:
    """Things of its category that are on sale, held or not."""
    values = {"item": item.pk, "category": item.category_id, "maker": item.maker}
    return tiles_of(related_statement().rows(**values))


def to_be_had(tiles: Iterable[Tile]) -> list[Tile]:
    """The first of them that nobody holds."""
    return list(islice((tile for tile in tiles if tile.ends == ""), SIMILAR))


def newest_but(item: Item) -> list[Tile]:
    """For what is gone, when nothing of its category can be had."""
    return tiles_of(AVAILABLE.exclude(pk=item.pk).order_by("-pk")[:SIMILAR])
