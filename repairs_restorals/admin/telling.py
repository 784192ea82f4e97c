"""What staff say themselves to a customer whom no mail reaches."""

from mail.telling import no_mail
from repairs_restorals.models import ServiceTicket


def unmailed(ticket: ServiceTicket) -> str:
    """What is to be done because no mail goes; "" where one does."""
    record = getattr(ticket.customer, "customer", None)
    return no_mail(ticket.customer.email, record.phone if record else "")
