"""What of the books goes with a mail that tells of something else, so that there is only one."""

from django.utils.translation import override

from invoices.mail.events import attachment_of
from invoices.mail.invoices import INVOICE
from invoices.models import Invoice
from mail.wordings import Placeholder
from repairs_restorals.signals import Enclosure

WORDS = Placeholder("", '{% include "invoices/mail/_enclosed.txt" %}')


def words_about(invoice: Invoice) -> str:
    """What an invoice, credit note or request for a deposit says, and where it is seen or paid."""
    # Read anew, as `enqueue_about` does.
    context = {"invoice": Invoice.objects.get(pk=invoice.pk), "site": invoice.site}
    parts = WORDS, INVOICE["act"], INVOICE["link"]
    with override(invoice.language):
        words, act, link = (each.value(context) for each in parts)
    return f"{words}\n\n{act}: {link}"


def enclosure_of(invoice: Invoice) -> Enclosure:
    link = f"{invoice.site}{invoice.get_absolute_url()}"
    return Enclosure(words_about(invoice), link, attachment_of(invoice))
