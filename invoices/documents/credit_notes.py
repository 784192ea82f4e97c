"""Credit notes: what is issued is never changed or deleted, but taken back, in parts or whole."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import override, pgettext

from accounts.models import User
from invoices.documents.drafts import write_lines
from invoices.documents.following import follow_money, mark_taken_back
from invoices.documents.issuing import Kind, issue_locked
from invoices.exceptions import NothingToPay, TooMuch
from invoices.locking import lock_invoice
from invoices.mail.invoices import notify_about_invoice
from invoices.models import NOTHING, Invoice, InvoiceLine


class Credit(NamedTuple):
    """So much money of a line of an issued invoice that is taken back."""

    line: int
    amount: Decimal


@transaction.atomic
def credit(
    *, invoice_id: int, parts: Iterable[Credit] | None = None, reason: str, actor: User | None
) -> Invoice:
    """Issue and mail a credit note for parts of an issued invoice, or for all that is left of it.

    Raises TooMuch for more of a line than is left, NothingToPay when nothing is left.
    """
    note = issue_credit(invoice_id=invoice_id, parts=parts, reason=reason, actor=actor)
    notify_about_invoice(note, "credit")
    return note


def issue_credit(
    *, invoice_id: int, parts: Iterable[Credit] | None = None, reason: str, actor: User | None
) -> Invoice:
    """As `credit`, within a transaction the caller of which tells who pays."""
    invoice = lock_invoice(invoice_id)
    if invoice.is_draft or invoice.is_credit_note:
        raise NothingToPay
    left = invoice.creditable
    wanted = dict(left.items() if parts is None else parts)
    if any(is_beyond(amount, left.get(line, NOTHING)) for line, amount in wanted.items()):
        raise TooMuch
    wanted = with_discounts(wanted, left, discounted_lines(invoice))
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
    mark_taken_back(invoice)
    follow_money(invoice, actor)
    return issue_locked(note, actor)


def discounted_lines(invoice: Invoice) -> list[set[int]]:
    """Lines that were charged together: a discount, and what it was given on.

    A discount on a thing is on its price and not on its shipping; one on work is on all that has
    the same tax.
    """
    together: dict[tuple[Any, ...], list[InvoiceLine]] = {}
    for line in sorted(invoice.lines.all(), key=lambda line: line.pk):
        together.setdefault((line.piece_id, line.tax_rate, line.scheme), []).append(line)
    return [
        {line.pk for line in lines if line.is_discount or not line.piece_id or line == lines[0]}
        for lines in together.values()
        if any(line.is_discount for line in lines)
    ]


def most_of_lines(invoice: Invoice) -> dict[int, Decimal]:
    """How much of each line may be taken back: what was really charged, and is left."""
    left = invoice.creditable
    most = dict(left)
    for lines in discounted_lines(invoice):
        charged = sum((left[line] for line in lines), NOTHING)
        most |= {line: min(left[line], charged) for line in lines}
    return most


def with_discounts(
    wanted: Mapping[int, Decimal], left: Mapping[int, Decimal], discounted: Iterable[set[int]]
) -> dict[int, Decimal]:
    """What is taken back, with a discount where all that it was given on is. Raises TooMuch.

    So no total, and no tax of a rate, ever falls below zero.
    """
    found = dict(wanted)
    for lines in discounted:
        charged = sum((left[line] for line in lines), NOTHING)
        asked = sum((wanted.get(line, NOTHING) for line in lines), NOTHING)
        if asked > charged:
            raise TooMuch
        if asked and asked == charged:
            found |= {line: left[line] for line in lines}
    return found


def is_beyond(amount: Decimal, left: Decimal) -> bool:
    """Whether more of a line would be taken back than there is; of a discount, that is negative."""
    return not min(left, NOTHING) <= amount <= max(left, NOTHING)


def credit_cancelled(invoice: Invoice, actor: User | None) -> Invoice | None:
    """Credit what was issued for an order or ticket that is cancelled now. It is locked.

    The note goes with the mail that tells of the end.
    """
    if invoice.is_draft or not any(invoice.creditable.values()):
        return None
    with override(invoice.language):
        reason = pgettext("reason of a credit note", "Cancelled")
    return issue_credit(invoice_id=invoice.pk, reason=reason, actor=actor)


def credit_line(line: InvoiceLine, amount: Decimal) -> InvoiceLine:
    """A line that takes an amount of another back; the whole of it reads as it did there."""
    whole = amount == line.total
    copied = ["description", "tax_rate", "scheme", "tax_country", "piece"]
    so_much = (
        {"quantity": -line.quantity, "price": line.price, "unit": line.unit}
        if whole
        else {"quantity": Decimal(-1 if amount > 0 else 1), "price": abs(amount)}
    )
    return InvoiceLine(corrects=line, **{name: getattr(line, name) for name in copied}, **so_much)
