"""What staff do with money at their desk: each is done once, and only to what they have seen.

A page says which `version` of an invoice it shows. Each of these asks, with the invoice locked,
whether it is still that one: a second click, or a page that was left open while somebody else
recorded a payment, does nothing.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from invoices.documents.drafts import lock_invoice
from invoices.documents.issuing import (
    FINISHED,
    Credit,
    Kind,
    credit,
    issue_and_mail,
    left_to_credit,
    record,
)
from invoices.exceptions import AskedAgain, InvoiceChanged, NothingToPay, TooMuch
from invoices.mail import tell_about_invoice, tell_about_order
from invoices.models import NOTHING, Invoice, Payment, PaymentAttempt, Refund
from invoices.payments.card import ask_refund
from invoices.payments.ledger import excess_of, record_payment, record_refund


def version_of(invoice: Invoice) -> str:
    """Changes with everything that is recorded about an invoice's money."""
    event = invoice.events.order_by("pk").last()
    refund = Refund.objects.filter(attempt__invoice=invoice).order_by("pk").last()
    parts = [event and event.pk, refund and refund.pk, invoice.total, invoice.balance]
    return "/".join(str(part) for part in parts)


def lock_as_seen(invoice_id: int, seen: str) -> Invoice:
    invoice = lock_invoice(invoice_id)
    check_seen(invoice, seen)
    return invoice


def check_seen(invoice: Invoice, seen: str) -> None:
    """Raise InvoiceChanged when a locked invoice is not the one any more that `seen` names."""
    if version_of(invoice) != seen:
        raise InvoiceChanged


class Received(NamedTuple):
    """Money that changed hands: how much, in which way, when, and what it is called."""

    amount: Decimal
    method: Payment.Method
    received_on: date
    reference: str = ""
    # Which sending of the form this was.
    submission: str | None = None


@transaction.atomic
def take_payment(
    *, invoice_id: int, seen: str, money: Received, actor: User, more: bool = False
) -> Payment:
    """Record money that came in. The same submission again returns what the first one did.

    Raises TooMuch for more than is left to pay, unless `more` says that it was so.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.is_credit_note:
        raise NothingToPay
    if first := invoice.payments.filter(submission=money.submission or "").first():
        return first
    check_seen(invoice, seen)
    if money.amount > max(invoice.balance, NOTHING) and not more:
        raise TooMuch
    return record_payment(invoice_id=invoice_id, actor=actor, **money._asdict())


def check_again(invoice: Invoice, amount: Decimal, *, again: bool) -> None:
    """Raise AskedAgain when more goes back than was paid too much, unless that is wanted."""
    if amount > excess_of(invoice) and not again:
        raise AskedAgain


@transaction.atomic
def give_back(*, invoice_id: int, seen: str, money: Received, again: bool, actor: User) -> Payment:
    """Record money that staff gave back by hand. Raises AskedAgain, TooMuch.

    `again` says that it is to be paid once more, such as after a wrong entry.
    """
    invoice = lock_invoice(invoice_id)
    if first := invoice.payments.filter(submission=money.submission or "").first():
        return first
    check_seen(invoice, seen)
    check_again(invoice, money.amount, again=again)
    return record_refund(invoice_id=invoice_id, actor=actor, **money._asdict())


@transaction.atomic
def refund_card(
    *,
    attempt: PaymentAttempt,
    seen: str,
    amount: Decimal,
    again: bool,
    reason: str,
    key: str,
    actor: User,
) -> Refund:
    """Write down that money goes back to a card; the caller sends it afterwards.

    Raises AskedAgain, TooMuch. `again` is that of `give_back`.
    """
    invoice = lock_invoice(attempt.invoice_id)
    if first := Refund.objects.filter(key=key, attempt__invoice=invoice).first():
        return first
    check_seen(invoice, seen)
    check_again(invoice, amount, again=again)
    return ask_refund(attempt_id=attempt.pk, amount=amount, reason=reason, actor=actor, key=key)


@transaction.atomic
def credit_as_seen(
    *,
    invoice_id: int,
    seen: str,
    parts: Iterable[Credit] | None,
    reason: str,
    to_card: bool,
    actor: User,
) -> tuple[Invoice, list[Refund]]:
    """Issue a credit note; with `to_card`, what is then too much goes back to the cards it is of.

    The caller sends the refunds afterwards. Raises TooMuch, NothingToPay, InvoiceChanged.
    """
    invoice = lock_as_seen(invoice_id, seen)
    # Before the number is taken: locks are taken invoice, attempt, series.
    attempts = list(invoice.attempts.select_for_update().order_by("pk"))
    note = credit(invoice_id=invoice_id, parts=parts, reason=reason, actor=actor)
    if not to_card:
        return note, []
    return note, list(refund_excess(invoice, attempts, reason, actor))


def refund_excess(
    invoice: Invoice, attempts: Iterable[PaymentAttempt], reason: str, actor: User
) -> Iterable[Refund]:
    left = excess_of(invoice)
    for attempt in attempts:
        if (amount := min(left, attempt.refundable)) > 0:
            left -= amount
            yield ask_refund(attempt_id=attempt.pk, amount=amount, reason=reason[:200], actor=actor)


def can_remind(invoice: Invoice) -> bool:
    return not invoice.is_credit_note and not invoice.is_void and invoice.due_now > 0


@transaction.atomic
def remind(*, invoice_id: int, seen: str, actor: User) -> None:
    """Mail a reminder of what is due now. Raises NothingToPay."""
    invoice = lock_as_seen(invoice_id, seen)
    if not can_remind(invoice):
        raise NothingToPay
    record(invoice, Kind.REMINDED, actor)
    if invoice.is_draft and invoice.order:
        tell_about_order(invoice.order.pk, "remind", invoice.site)
    else:
        tell_about_invoice(invoice, "deposit" if invoice.is_draft else "reminder")


def mail_of(invoice: Invoice) -> str:
    """Which mail an invoice goes with as it is now; "" when there is nothing to send."""
    if invoice.is_credit_note:
        return "credit"
    if not invoice.is_draft:
        return "invoice"
    return "deposit" if invoice.deposit_due else ""


@transaction.atomic
def mail_again(*, invoice_id: int, seen: str, actor: User) -> None:
    """Mail an invoice, credit note or request for a deposit once more. Raises NothingToPay."""
    invoice = lock_as_seen(invoice_id, seen)
    if not (event := mail_of(invoice)):
        raise NothingToPay
    record(invoice, Kind.MAILED, actor)
    tell_about_invoice(invoice, event)


def can_credit(invoice: Invoice) -> bool:
    """Whether there is something left that a credit note could take back."""
    is_billed = not invoice.is_draft and not invoice.is_credit_note
    return is_billed and any(left_to_credit(invoice).values())


def can_issue(invoice: Invoice) -> bool:
    """Of an order any time, such as for a customer who pays by invoice; of work when it is done."""
    if not invoice.is_draft or invoice.is_void or not invoice.total:
        return False
    return invoice.ticket is None or invoice.ticket.status in FINISHED


@transaction.atomic
def issue_now(*, invoice_id: int, seen: str, site: str, actor: User) -> Invoice:
    """Give a draft its number now, and mail it. Raises NothingToPay."""
    invoice = lock_as_seen(invoice_id, seen)
    if not can_issue(invoice):
        raise NothingToPay
    invoice.site = invoice.site or site
    return issue_and_mail(invoice, actor)
