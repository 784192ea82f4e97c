"""What is like a thing that is gone: of its category, by its maker first."""

from django.db.models import Case, Value, When

from store.models import Item
from store.tiles import AVAILABLE, Tile, tiles_of

SIMILAR = 4


def similar_to(item: Item) -> list[Tile]:
    """Available things like an item; of the whole shop, the newest, when its category is empty."""
    others = AVAILABLE.exclude(pk=item.pk)
    alike = others.filter(category=item.category_id)
    if item.maker:
        alike = alike.order_by(Case(When(maker=item.maker, then=Value(0)), default=Value(1)), "-pk")
    else:
        alike = alike.order_by("-pk")
    return tiles_of(alike[:SIMILAR]) or tiles_of(others.order_by("-pk")[:SIMILAR])
