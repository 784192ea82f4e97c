from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template

from store import availability
from store.stock import Stock
from store.templatetags.clock_time import clock_time

register = template.Library()


@register.filter
def held_words(holder: str, until: datetime) -> str:
    """How a thing is held, such as “in somebody’s bag until 14:26”."""
    return availability.held_words(holder, clock_time(until))


@register.filter
def has_ordered(waiting: Iterable[Any], stock: Stock) -> bool:
    """Whether a piece of this stock is in one of the orders of this browser that wait."""
    orders = {each.order.pk for each in waiting or () if not each.is_over}
    return any(piece.order_id in orders for piece in stock.pieces)
