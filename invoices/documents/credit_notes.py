"""Credit notes: what is issued is never changed or deleted, but taken back, in parts or whole."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from invoices.documents.drafts import write_lines
from invoices.documents.following import follow_money
from invoices.documents.issuing import Kind, issue_and_mail
from invoices.exceptions import NothingToPay, TooMuch
from invoices.locking import lock_invoice
from invoices.models import NOTHING, Invoice, InvoiceLine


class Credit(NamedTuple):
    """So much money of a line of an issued invoice that is taken back."""

    line: int
    amount: Decimal


@transaction.atomic
def credit(
    *, invoice_id: int, parts: Iterable[Credit] | None = None, reason: str, actor: User | None
) -> Invoice:
    """Issue a credit note for parts of an issued invoice, or for all that is left of it.

    Raises TooMuch for more of a line than is left, NothingToPay when nothing is left.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.is_draft or invoice.is_credit_note:
        raise NothingToPay
    left = invoice.creditable
    wanted = dict(left.items() if parts is None else parts)
    if any(is_beyond(amount, left.get(line, NOTHING)) for line, amount in wanted.items()):
        raise TooMuch
    if sum(wanted.values()) > sum(left.values()):
        # A discount stands against what it was given on.
        raise TooMuch
    lines = [
        credit_line(line, wanted[line.pk]) for line in invoice.lines.all() if wanted.get(line.pk)
    ]
    if not lines:
        raise NothingToPay
    note = Invoice.objects.create(
        corrects=invoice, currency=invoice.currency, reason=reason, site=invoice.site
    )
    write_lines(note, lines)
    invoice.record_event(Kind.CREDITED, actor, reason)
    follow_money(invoice, actor)
    return issue_and_mail(note, actor)


def is_beyond(amount: Decimal, left: Decimal) -> bool:
    """Whether more of a line would be taken back than there is; of a discount, that is negative."""
    return not min(left, NOTHING) <= amount <= max(left, NOTHING)


def credit_cancelled(invoice: Invoice, actor: User | None) -> None:
    """Credit what was issued for an order or ticket that is cancelled now. It is locked."""
    if not invoice.is_draft and any(invoice.creditable.values()):
        credit(invoice_id=invoice.pk, reason=_("Cancelled"), actor=actor)


def credit_line(line: InvoiceLine, amount: Decimal) -> InvoiceLine:
    """A line that takes an amount of another back; the whole of it reads as it did there."""
    whole = amount == line.total
    copied = ["description", "tax_rate", "scheme", "piece"]
    so_much = (
        {"quantity": -line.quantity, "price": line.price, "unit": line.unit}
        if whole
        else {"quantity": Decimal(-1 if amount > 0 else 1), "price": abs(amount)}
    )
    return InvoiceLine(corrects=line, **{name: getattr(line, name) for name in copied}, **so_much)
