"""What pages of store and workshop say about money, which those do not know."""

from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from invoices.models import Invoice
from money.filters import money
from repairs_restorals.models import ServiceTicket
from store.models import Order
from store.panels import Bill, Source, register

# What a balance is read from.
PARTS = ["invoice__payments", "invoice__credit_notes"]
PLACES = "invoices/panels"


def with_invoice(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("invoice")


def with_balance(rows: QuerySet[Any]) -> QuerySet[Any]:
    return with_invoice(rows).prefetch_related(*PARTS)


def bill_of_order(order: Order) -> Bill:
    return Bill(context={"order": order, "invoice": getattr(order, "invoice", None)})


def bill_of_ticket(ticket: ServiceTicket) -> Bill:
    # Asks for nothing that `with_balance` has fetched, and else once for all.
    prefetch_related_objects([ticket], *PARTS)
    invoice: Invoice | None = getattr(ticket, "invoice", None)
    if invoice is None:
        return Bill(context={"ticket": ticket, "invoice": None})
    remark = remark_on(invoice)
    context = {"ticket": ticket, "invoice": invoice, "remark": remark}
    return Bill(deposit_due=invoice.deposit_due > 0, remark=remark, context=context)


def remark_on(invoice: Invoice) -> str:
    """What the customer has to pay now, or what is to go back; "" while that is nothing."""
    if invoice.deposit_due:
        return _("deposit due: %s") % money(invoice.deposit_due)
    if invoice.due_now:
        return _("balance due: %s") % money(invoice.due_now)
    return _("paid too much: %s") % money(invoice.overpaid) if invoice.overpaid else ""


def templates(model: str, *places: str) -> dict[str, str]:
    return {place: f"{PLACES}/{model}_{place}.html" for place in places}


VIEW = "invoices.view_invoice"
register(Order, Source(with_invoice, bill_of_order, templates("order", "pay", "invoice"), VIEW))
register(
    ServiceTicket,
    Source(
        with_balance,
        bill_of_ticket,
        templates("ticket", "due", "settled", "bill", "row", "staff"),
        VIEW,
    ),
)
