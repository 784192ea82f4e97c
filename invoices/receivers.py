"""What the books do when something happens in the workshop, which does not know them."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from invoices.billing import bill_quote
from invoices.models import Invoice
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.signals import quote_accepted


@receiver(post_save, sender=ServiceTicket, dispatch_uid="invoices.open_workshop_invoice")
def open_workshop_invoice(instance: ServiceTicket, created: bool, raw: bool, **kwargs: Any) -> None:
    """Open the workshop invoice when a ticket first arrives.

    That there is only one is the OneToOneField's promise; `created` merely spares
    later saves a query. Fixtures (`raw`) bring their own invoices.
    """
    if created and not raw:
        Invoice.objects.get_or_create(ticket=instance)


@receiver(quote_accepted, dispatch_uid="invoices.bill_accepted_quote")
def bill_accepted_quote(quote: Quote, **kwargs: Any) -> None:
    bill_quote(quote=quote)
