from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from invoices.orders.waiting import waiting_orders


def orders(request: HttpRequest) -> dict[str, Any]:
    """The orders of this browser that wait for a card, once a template asks for them."""
    return {"waiting_orders": SimpleLazyObject(lambda: waiting_orders(request))}
