"""What the books do when something happens in the workshop, which does not know them."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from invoices.documents.credit_notes import credit_cancelled
from invoices.documents.drafts import bill_quote
from invoices.documents.issuing import issue_if_possible
from invoices.exceptions import WithdrawnFrom
from invoices.locking import lock_invoice
from invoices.mail.enclosures import enclosure_of
from invoices.models import Invoice
from invoices.withdrawals.standing import is_to_be_stopped
from repairs_restorals.exceptions import TicketBilled, WorkRefused
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.signals import Enclosure, quote_accepted, quote_wanted, ticket_transitioned


@receiver(post_save, sender=ServiceTicket, dispatch_uid="invoices.open_workshop_invoice")
def open_workshop_invoice(instance: ServiceTicket, created: bool, raw: bool, **kwargs: Any) -> None:
    """Open the workshop invoice when a ticket first arrives.

    That there is only one is the OneToOneField's promise; `created` merely spares
    later saves a query. Fixtures (`raw`) bring their own invoices.
    """
    if created and not raw:
        Invoice.objects.get_or_create(ticket=instance)


@receiver(quote_wanted, dispatch_uid="invoices.refuse_quotes_of_what_is_billed")
def refuse_quotes_of_what_is_billed(ticket: ServiceTicket, **kwargs: Any) -> None:
    """A ticket has one invoice: what is agreed after that one is issued would be billed nowhere."""
    if Invoice.objects.issued().filter(ticket=ticket).exists():
        raise TicketBilled


@receiver(quote_accepted, dispatch_uid="invoices.bill_accepted_quote")
def bill_accepted_quote(quote: Quote, site: str, **kwargs: Any) -> Enclosure | None:
    """Write what was agreed into the ticket's draft; its mail asks for the deposit, too."""
    invoice = bill_quote(quote=quote, site=site)
    return enclosure_of(invoice) if invoice.deposit_due else None


@receiver(ticket_transitioned, dispatch_uid="invoices.follow_ticket")
def follow_ticket(
    ticket: ServiceTicket, to: Status, actor: User | None, site: str, **kwargs: Any
) -> Enclosure | None:
    """Let no work begin before its deposit is paid; ask for the balance when it is done.

    Of what its customer has withdrawn from, nothing is begun or billed as if nothing were.
    What is issued goes with the mail about the ticket.
    """
    invoice, _created = Invoice.objects.get_or_create(ticket=ticket)
    invoice = lock_invoice(invoice.pk)
    if to == Status.IN_PROGRESS and invoice.deposit_due:
        raise WorkRefused
    if to in {Status.IN_PROGRESS, Status.READY} and is_to_be_stopped(ticket):
        raise WithdrawnFrom
    if to == Status.CANCELLED:
        told = credit_cancelled(invoice, actor)
    elif to == Status.READY:
        told = bill_of_work(invoice, actor, site)
    else:
        told = None
    return enclosure_of(told) if told else None


def bill_of_work(invoice: Invoice, actor: User | None, site: str) -> Invoice | None:
    """What the mail about work that is done names: the invoice of it, or what is left of that."""
    if not invoice.is_draft:
        return invoice if invoice.due_now else None
    invoice.site = site
    return issue_if_possible(invoice, actor) if invoice.total else None
