"""What staff do with a document: each is done once, and only to the version of it that they saw."""

from django.db import transaction

from accounts.models import User
from invoices.documents.issuing import Kind, issue_and_mail
from invoices.exceptions import IssuedAlready, NothingToPay
from invoices.locking import lock_invoice, lock_version
from invoices.mail.invoices import notify_about_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice
from store.versions import check_version


@transaction.atomic
def remind(*, invoice_id: int, version: str, actor: User) -> None:
    """Mail a reminder of what is due now. Raises NothingToPay."""
    invoice = lock_version(invoice_id, version)
    if not invoice.can_be_reminded_of:
        raise NothingToPay
    invoice.record_event(Kind.REMINDED, actor)
    if invoice.is_draft and invoice.order:
        notify_about_order(invoice.order.pk, "remind", invoice.site)
    else:
        notify_about_invoice(invoice, "deposit" if invoice.is_draft else "reminder")


@transaction.atomic
def mail_again(*, invoice_id: int, version: str, actor: User) -> None:
    """Mail an invoice, credit note or request for a deposit once more. Raises NothingToPay."""
    invoice = lock_version(invoice_id, version)
    if not (event := invoice.mail_event):
        raise NothingToPay
    invoice.record_event(Kind.MAILED, actor)
    notify_about_invoice(invoice, event)


@transaction.atomic
def issue_now(*, invoice_id: int, version: str, site: str, actor: User) -> Invoice:
    """Give a draft its number now, and mail it. Raises NothingToPay, IssuedAlready."""
    invoice = lock_invoice(invoice_id)
    if invoice.number:
        raise IssuedAlready(invoice.number)
    check_version(invoice, version)
    if not invoice.can_be_issued:
        raise NothingToPay
    invoice.site = invoice.site or site
    return issue_and_mail(invoice, actor)
