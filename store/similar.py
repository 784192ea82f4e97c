"""What is like a thing: of its category, by its maker first."""

from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Q, QuerySet, Value, When

from store.models import Item
from store.statements import Statement
from store.tiles import AVAILABLE, Tile, tiles_of

SIMILAR = 4
# The maker is looked for among the newest, so that a large category takes no longer.
NEWEST_LOOKED_AT = 100


def related(item: Any, category: Any, maker: Any) -> QuerySet[Item]:
    newest = Item.objects.available().filter(category=category).exclude(pk=item).order_by("-pk")
    by_maker = When(Q(maker=maker) & ~Q(maker=""), then=Value(0))
    found = AVAILABLE.filter(pk__in=newest.values("pk")[:NEWEST_LOOKED_AT])
    return found.order_by(Case(by_maker, default=Value(1)), "-pk")[:SIMILAR]


@cache
def related_statement() -> Statement:
    """Asked on the page of every item. Not made on import: SQLite is asked what it can do."""
    return Statement(related, item=BigIntegerField(), category=BigIntegerField(), maker=CharField())


def related_to(item: Item) -> list[Tile]:
    """Available things of its category."""
    values = {"item": item.pk, "category": item.category_id, "maker": item.maker}
    return tiles_of(related_statement().rows(**values))


def instead_of(item: Item) -> list[Tile]:
    """The same for what is gone; the newest of the whole shop when its category is empty."""
    return related_to(item) or tiles_of(AVAILABLE.exclude(pk=item.pk).order_by("-pk")[:SIMILAR])
