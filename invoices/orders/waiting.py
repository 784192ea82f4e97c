"""Orders of a browser that wait for a card payment: said on each of its pages until they end.

Whoever goes back from the card page by the browser's own button, or closes it, comes by no view of
ours. So the session knows the secret of the order, and a browser without one costs no query.
"""

from typing import Any, NamedTuple

from django.db.models import Case, When
from django.db.models.functions import Now
from django.http import HttpRequest

from invoices.models import Invoice
from store.models import Order, OrderStage
from store.panels import with_bills

UNPAID_ORDERS = "unpaid_orders"
MAX_UNPAID_ORDERS = 5


class Waiting(NamedTuple):
    """An order of this browser, and whether it is over, unpaid."""

    order: Order
    invoice: Invoice
    is_over: bool


def remember_order(request: HttpRequest, order: Order) -> None:
    """Let the pages of this browser say that the order waits for a card."""
    known = [secret for secret in request.session.get(UNPAID_ORDERS, []) if secret != order.secret]
    request.session[UNPAID_ORDERS] = [*known, order.secret][-MAX_UNPAID_ORDERS:]


def forget_orders(request: HttpRequest, *orders: Order) -> None:
    gone = {order.secret for order in orders}
    known = request.session.get(UNPAID_ORDERS, [])
    request.session[UNPAID_ORDERS] = [secret for secret in known if secret not in gone]


def waiting_orders(request: HttpRequest) -> list[Waiting]:
    """The orders that this browser may still pay; one that has ended unpaid is named once."""
    secrets = request.session.get(UNPAID_ORDERS)
    if not secrets:
        return []
    late = Case(When(payment_due_at__lte=Now(), then=True), default=False)
    found = with_bills(Order.objects.filter(secret__in=secrets).order_by("pk"))
    orders: list[Any] = list(found.prefetch_related("lines__piece__item").annotate(is_late=late))
    waiting = [order for order in orders if order.stage == OrderStage.PAY_BY_CARD]
    ended = [order for order in orders if order.cancelled_because == Order.Ending.UNPAID]
    if settled := [order for order in orders if order not in waiting]:
        forget_orders(request, *settled)
    shown = [(order, order.is_late) for order in waiting] + [(order, True) for order in ended]
    return [Waiting(order, order.invoice, is_over) for order, is_over in shown]
