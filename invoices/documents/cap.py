"""“Go ahead up to” is a cap: nobody is billed more than that, or than what they have accepted."""

from decimal import Decimal

from invoices.exceptions import AboveCap
from invoices.models import Invoice
from repairs_restorals.models import ServiceTicket
from repairs_restorals.quote_services import agreed_quote


def cap_of(ticket: ServiceTicket) -> Decimal | None:
    """The higher of the customer's limit and the quote accepted last; None where neither is."""
    quote = agreed_quote(ticket)
    known = [ticket.go_ahead_limit, quote.total if quote else None]
    return max((amount for amount in known if amount is not None), default=None)


def check_cap(invoice: Invoice) -> None:
    """Raise AboveCap for an invoice of work that asks for more; PostgreSQL refuses it as well."""
    cap = cap_of(invoice.ticket) if invoice.ticket else None
    if cap is not None and invoice.total > cap:
        raise AboveCap(cap, invoice.currency)
