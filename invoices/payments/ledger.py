"""The ledger: all money that came in or went back, and the one way into it.

Stripe's facts, the counter and the bank end in `enter`, which lets `effects` see to the rest.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from invoices.documents.following import follow_money
from invoices.exceptions import NothingToPay, TooMuch
from invoices.locking import lock_invoice
from invoices.models import Invoice, InvoiceEvent, Payment, PaymentAttempt
from invoices.models.payment import DISPUTE_PREFIXES
from invoices.payments.effects import on_paid, on_refunded, refund_excess
from invoices.payments.refunds import fail_lost_refunds
from money.filters import money


class Received(NamedTuple):
    """Money that changed hands: how much, in which way, when, and what it is called."""

    amount: Decimal
    method: Payment.Method
    received_on: date
    reference: str = ""
    # Which sending of the form this was: the same one once more records nothing.
    idempotency_key: str | None = None


def enter(
    invoice: Invoice,
    amount: Decimal,
    *,
    actor: User | None,
    note: str = "",
    hands_out: bool = False,
    **details: Any,
) -> Payment:
    """Write money that came or (negative) went into the ledger of a locked invoice, and act on it.

    `details` are fields of the payment.
    """
    payment = Payment.objects.create(
        invoice=invoice, amount=amount, currency=invoice.currency, actor=actor, **details
    )
    came = amount > 0
    kind = InvoiceEvent.Kind.PAID if came else InvoiceEvent.Kind.REFUNDED
    note = f"{money(abs(amount), invoice.currency)}, {note or payment.get_method_display()}"
    invoice.record_event(kind, actor, note)
    if came:
        on_paid(invoice, payment, hands_out=hands_out)
    else:
        on_refunded(invoice, payment)
    follow_money(invoice, actor)
    return payment


def enter_facts(invoice: Invoice, attempt: PaymentAttempt, entries: Mapping[str, Decimal]) -> bool:
    """Enter for each of Stripe's references what it says beyond our books; return whether any.

    What came in is entered first and acted on alone: it was paid in full, even if we hear at
    the same time that some of it went back since. Only then does the excess go back.
    """
    entered = {}
    for reference in sorted(entries, key=lambda name: name != attempt.payment_intent):
        if difference := entries[reference] - attempt.booked(reference):
            entered[reference] = difference
            enter(
                invoice,
                difference,
                actor=None,
                note=note_of(reference),
                attempt=attempt,
                method=Payment.Method.CARD,
                received_on=timezone.localdate(),
                reference=reference,
            )
        if not entries[reference]:
            fail_lost_refunds(attempt, reference)
    if entered.get(attempt.payment_intent, 0) > 0:
        refund_excess(invoice, attempt)
    return bool(entered)


def note_of(reference: str) -> str:
    is_dispute = reference.startswith(DISPUTE_PREFIXES)
    return _("by the dispute %s") % reference if is_dispute else reference


@transaction.atomic
def record_payment(
    *, invoice_id: int, received: Received, actor: User | None, hands_out: bool = False
) -> Payment:
    """Write down money that came in by cash, transfer or terminal, in full or in part.

    More than is due is taken: it did come in. The same idempotency key once more records
    nothing and returns what the first did. `hands_out` is that of `on_paid`.
    """
    if received.amount <= 0:
        raise NothingToPay
    invoice = lock_invoice(invoice_id)
    if first := Payment.objects.entered_as(received.idempotency_key):
        return first
    return enter(invoice, actor=actor, hands_out=hands_out, **received._asdict())


@transaction.atomic
def record_refund(*, invoice_id: int, received: Received, actor: User | None) -> Payment:
    """Write down money that staff gave back by hand; to cards it goes by `refunds.ask_refund`.

    Raises TooMuch for more than came in another way than by card, or Stripe refuses to send.
    """
    invoice = lock_invoice(invoice_id)
    if first := Payment.objects.entered_as(received.idempotency_key):
        return first
    if received.amount <= 0 or received.amount > invoice.refundable_by_hand:
        raise TooMuch
    return enter(invoice, actor=actor, **{**received._asdict(), "amount": -received.amount})
