from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from store.models import Category, Item, Order, OrderLine, Piece, ShopProfile

numbers = count(1)
# What a shop has written before it sells anything.
SET_UP = {
    "street": "Mill Lane 4",
    "city": "Oldtown",
    "tax_number": "12/345/67890",
    "iban": "DE02120300000000202051",
    "terms": "You pay, we pack.",
}


def set_up_shop() -> None:
    """For shops in other processes; `conftest` sees to those of tests."""
    ShopProfile.objects.update_or_create(pk=1, defaults=SET_UP)


def make_category(name: str = "Clocks", **fields: Any) -> Category:
    category, _ = Category.objects.get_or_create(
        name=name, defaults={"slug": name.lower().replace(" ", "-"), **fields}
    )
    return category


def make_item(*, pieces: int = 1, **fields: Any) -> Item:
    """A published item with so many available pieces."""
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


def new_order(bag_key: str, checkout_number: int = 0) -> Order:
    """An order as the checkout fills it in: not saved, and without things."""
    return Order(
        name="Ann",
        email="ann@example.com",
        delivery=Order.Delivery.COLLECT,
        payment_method=Order.PaymentMethod.TRANSFER,
        bag_key=bag_key,
        checkout_number=checkout_number,
    )


def make_order(item: Item, *, paid: bool = False, **fields: Any) -> Order:
    """An order of all the pieces of an item that are available."""
    now = timezone.now()
    defaults: dict[str, Any] = {
        "name": "Alice",
        "email": "alice@example.com",
        "delivery": Order.Delivery.COLLECT,
        "payment_method": Order.PaymentMethod.TRANSFER,
        "payment_due_at": now + timedelta(days=7),
        "paid_at": now if paid else None,
        "bag_key": f"bag {next(numbers)}",
        "checkout_number": 0,
    }
    order = Order.objects.create(**{**defaults, **fields})
    for piece in Piece.objects.available().filter(item=item):
        OrderLine.objects.create(
            order=order, piece=piece, title=item.title, price=item.price, shipping=0
        )
        Piece.objects.filter(pk=piece.pk).update(order=order, sold_at=order.paid_at)
    return order


def offer_languages(*codes: str) -> ShopProfile:
    """Let the shop speak these beside its main language."""
    shop = ShopProfile.get_solo()
    shop.further_languages = [*codes]
    shop.save()
    return shop
