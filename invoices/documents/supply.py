"""When what an invoice bills was supplied: Article 226(7) of Directive 2006/112/EC."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from invoices.models import Invoice
from repairs_restorals.models import Status, TicketEvent
from store.models import Order

DONE = [Status.READY, Status.COLLECTED]
GONE = {
    Order.State.SHIPPED: Order.Transition.SHIP,
    Order.State.COLLECTED: Order.Transition.COLLECT,
}


def supplied_on(invoice: Invoice) -> date | None:
    """The day on which the things went out or the work was done; None while that is to come.

    It is asked when the invoice is issued: what was paid before is supplied after it.
    """
    if invoice.order:
        return order_supplied_on(invoice.order)
    if invoice.ticket is None or invoice.ticket.status not in DONE:
        return None
    events = TicketEvent.objects.filter(ticket=invoice.ticket, status=Status.READY)
    # The transition that issues an invoice is written down after it.
    return day_of(events) or timezone.localdate()


def order_supplied_on(order: Order) -> date | None:
    # Paid and handed out at once; for a transfer the counter keeps it.
    if order.is_counter_sale and order.payment_method == Order.PaymentMethod.SHOP:
        return timezone.localdate()
    if order.state not in GONE:
        return None
    return day_of(order.events.filter(transition=GONE[Order.State(order.state)], kind=""))


def day_of(events: QuerySet[Any]) -> date | None:
    """Of the last of these."""
    at = events.order_by("pk").values_list("at", flat=True).last()
    return timezone.localdate(at) if at else None
