"""Money at the counter and by transfer, and what follows when an invoice is paid."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from invoices.documents.drafts import lock_invoice
from invoices.documents.issuing import Kind, issue_locked, record
from invoices.exceptions import NothingToPay, TooMuch
from invoices.mail import attachment_of, tell_about_invoice, tell_about_order
from invoices.models import NOTHING, Invoice, Payment, Refund
from money.filters import money
from store.models import Order
from store.services import move_order


def enter(
    invoice: Invoice, amount: Decimal, *, actor: User | None, note: str = "", **details: Any
) -> Payment:
    """Write money into the books of a locked invoice, and that it came or (negative) went back."""
    payment = Payment.objects.create(invoice=invoice, amount=amount, actor=actor, **details)
    kind = Kind.PAID if amount > 0 else Kind.REFUNDED
    record(invoice, kind, actor, f"{money(abs(amount))}, {note or payment.get_method_display()}")
    return payment


def entered(submission: str | None) -> Payment | None:
    """The payment that this sending of a form has led to already."""
    return Payment.objects.filter(submission=submission).first() if submission else None


@transaction.atomic
def record_payment(
    *,
    invoice_id: int,
    amount: Decimal,
    method: Payment.Method,
    received_on: date,
    actor: User | None,
    reference: str = "",
    submission: str | None = None,
) -> Payment:
    """Write down money that came in by cash, transfer or terminal, in full or in part.

    More than is due is taken: it did come in. `submission` names the sending of a form: the
    same one once more records nothing and returns what the first did.
    """
    if amount <= 0:
        raise NothingToPay
    invoice = lock_invoice(invoice_id)
    if first := entered(submission):
        return first
    payment = enter(
        invoice,
        amount,
        method=method,
        received_on=received_on,
        reference=reference,
        actor=actor,
        submission=submission,
    )
    after_payment(invoice, amount=amount, actor=actor)
    return payment


def returnable_by_hand(invoice: Invoice) -> Decimal:
    """What may go back otherwise than to a card: what came so, and what Stripe will not send."""
    by_hand = sum((p.amount for p in invoice.payments.all() if p.attempt_id is None), NOTHING)
    failed = Refund.objects.filter(attempt__invoice=invoice, state=Refund.State.FAILED)
    return max(NOTHING, min(by_hand + failed.total(), invoice.paid))


def excess_of(invoice: Invoice) -> Decimal:
    """What we have too much of an invoice and is not on its way back already."""
    promised = Refund.objects.filter(attempt__invoice=invoice).promised().total()
    return max(NOTHING, Invoice.objects.get(pk=invoice.pk).overpaid - promised)


@transaction.atomic
def record_refund(
    *,
    invoice_id: int,
    amount: Decimal,
    method: Payment.Method,
    received_on: date,
    actor: User | None,
    reference: str = "",
    submission: str | None = None,
) -> Payment:
    """Write down money that staff gave back by hand; to cards it goes by `paying.ask_refund`.

    Raises TooMuch for more than came in another way than by card, or Stripe refuses to send.
    """
    invoice = lock_invoice(invoice_id)
    if first := entered(submission):
        return first
    if amount <= 0 or amount > returnable_by_hand(invoice):
        raise TooMuch
    payment = enter(
        invoice,
        -amount,
        method=method,
        received_on=received_on,
        reference=reference,
        actor=actor,
        submission=submission,
    )
    tell_about_invoice(invoice, "refund", amount=amount)
    return payment


def after_payment(invoice: Invoice, *, amount: Decimal, actor: User | None) -> None:
    """Do what follows from money that came in; the invoice is locked, with what it is for.

    An order that is paid in full is sold, and issued with it. What came in for anything else is
    acknowledged.
    """
    order = invoice.order
    if order and invoice.balance <= 0 and Order.Move.PAY in order.moves:
        move_order(order_id=order.pk, move=Order.Move.PAY, actor=actor)
        order.refresh_from_db()
        if invoice.is_draft and invoice.total:
            issue_locked(invoice, actor)
        # An order by card is confirmed once it is one: when it is paid.
        by_card = order.payment_method == Order.PayBy.CARD
        event = "placed" if by_card else str(Order.Move.PAY)
        attachment = "" if invoice.is_draft else attachment_of(invoice)
        tell_about_order(order.pk, event, invoice.site, attachment=attachment)
    elif not invoice.is_void:
        tell_about_invoice(invoice, "payment", amount=amount)
