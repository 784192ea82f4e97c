from decimal import Decimal
from itertools import count
from typing import Any

from store.models import Category, Item, Piece

numbers = count(1)


def make_category(name: str = "Clocks", **fields: Any) -> Category:
    category, _ = Category.objects.get_or_create(
        name=name, defaults={"slug": name.lower().replace(" ", "-"), **fields}
    )
    return category


def make_item(*, pieces: int = 1, **fields: Any) -> Item:
    """A published item with so many free pieces."""
    number = next(numbers)
    defaults: dict[str, Any] = {
        "title": f"Mantel clock {number}",
        "slug": f"mantel-clock-{number}",
        "condition": Item.Condition.GOOD,
        "price": Decimal("120.00"),
        "shipping": Decimal("9.90"),
    }
    if "category" not in fields:
        defaults["category"] = make_category()
    item = Item.objects.create(**{**defaults, **fields})
    for _ in range(pieces):
        Piece.objects.create(item=item, stock_number=f"S{next(numbers)}")
    return item
