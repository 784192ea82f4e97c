"""Workshop invoices: opened with the ticket, filled by the accepted quote."""

from collections.abc import Iterator

from django.db import transaction

from invoices.models import Invoice, InvoiceLine
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.services import lock_ticket
from store.models import Order

COPIED = ["description", "quantity", "price", "tax_rate"]


@transaction.atomic
def bill_quote(*, quote: Quote) -> Invoice:
    """Write the lines and the deposit of an accepted quote into its ticket's draft invoice.

    They replace those of an earlier version. An invoice that has a number stays as it is.
    The caller has the ticket locked: locks are taken ticket, quote, invoice.
    """
    # Locks whichever row it finds, and the row that it makes is its own.
    invoice, _ = Invoice.objects.select_for_update().get_or_create(ticket=quote.ticket)
    if not invoice.is_draft:
        return invoice
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, **line) for line in quote.lines.values(*COPIED)
    )
    invoice.deposit = quote.deposit_due
    invoice.save(update_fields=["deposit"])
    return invoice


def missing_invoices() -> Iterator[ServiceTicket | Order]:
    """Tickets and orders without an invoice: those of `bulk_create`, or of fixtures without."""
    yield from ServiceTicket.objects.filter(invoice=None).order_by("pk")
    yield from Order.objects.filter(invoice=None).order_by("pk")


def open_missing_invoices() -> Iterator[Invoice]:
    """Open what is missing, each in a transaction of its own; yield what was opened here."""
    for subject in missing_invoices():
        opened = (
            open_for_ticket(subject.pk)
            if isinstance(subject, ServiceTicket)
            else open_for_order(subject)
        )
        if opened:
            yield opened


@transaction.atomic
def open_for_ticket(ticket_id: int) -> Invoice | None:
    """Open a ticket's invoice with what was accepted last; None when somebody was quicker."""
    ticket = lock_ticket(ticket_id)
    invoice, created = Invoice.objects.get_or_create(ticket=ticket)
    if not created:
        return None
    if quote := ticket.quotes.filter(state=Quote.State.ACCEPTED).last():
        return bill_quote(quote=quote)
    return invoice


def open_for_order(order: Order) -> Invoice | None:
    invoice, created = Invoice.objects.get_or_create(order=order)
    return invoice if created else None
