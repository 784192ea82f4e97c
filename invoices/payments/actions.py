"""What staff do with money: each is done once, and only to the version of it that they saw."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from invoices.documents.credit_notes import Credit, credit
from invoices.exceptions import AskedAgain, NothingToPay, TooMuch
from invoices.locking import lock_invoice, lock_version
from invoices.models import NOTHING, Invoice, Payment, PaymentAttempt, Refund
from invoices.payments.ledger import Received, record_payment, record_refund
from invoices.payments.refunds import ask_refund
from store.versions import check_version


@transaction.atomic
def take_payment(
    *,
    invoice_id: int,
    version: str,
    received: Received,
    actor: User,
    more: bool = False,
    hands_out: bool = False,
) -> Payment:
    """Record money that came in. The same idempotency key again returns what the first one did.

    Raises TooMuch for more than is left to pay, unless `more` says that it was so. `hands_out`
    is that of `on_paid`.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.is_credit_note:
        raise NothingToPay
    if first := invoice.payments.entered_as(received.idempotency_key):
        return first
    check_version(invoice, version)
    if received.amount > max(invoice.balance, NOTHING) and not more:
        raise TooMuch
    return record_payment(
        invoice_id=invoice_id, received=received, actor=actor, hands_out=hands_out
    )


def check_again(invoice: Invoice, amount: Decimal, *, again: bool) -> None:
    """Raise AskedAgain when more goes back than was paid too much, unless that is wanted."""
    if amount > invoice.excess and not again:
        raise AskedAgain


@transaction.atomic
def refund_by_hand(
    *, invoice_id: int, version: str, received: Received, again: bool, actor: User
) -> Payment:
    """Record money that staff gave back by hand. Raises AskedAgain, TooMuch.

    `again` says that it is to be paid once more, such as after a wrong entry.
    """
    invoice = lock_invoice(invoice_id)
    if first := invoice.payments.entered_as(received.idempotency_key):
        return first
    check_version(invoice, version)
    check_again(invoice, received.amount, again=again)
    return record_refund(invoice_id=invoice_id, received=received, actor=actor)


@transaction.atomic
def refund_card(
    *,
    attempt: PaymentAttempt,
    version: str,
    amount: Decimal,
    again: bool,
    reason: str,
    idempotency_key: str,
    actor: User,
) -> Refund:
    """Write down that money goes back to a card; the caller sends it afterwards.

    Raises AskedAgain, TooMuch. `again` is that of `refund_by_hand`.
    """
    invoice = lock_invoice(attempt.invoice_id)
    asked = Refund.objects.filter(idempotency_key=idempotency_key, attempt__invoice=invoice)
    if first := asked.first():
        return first
    check_version(invoice, version)
    check_again(invoice, amount, again=again)
    return ask_refund(
        attempt_id=attempt.pk,
        amount=amount,
        reason=reason,
        actor=actor,
        idempotency_key=idempotency_key,
    )


@transaction.atomic
def credit_and_refund(
    *,
    invoice_id: int,
    version: str,
    parts: Iterable[Credit] | None,
    reason: str,
    to_card: bool,
    actor: User,
) -> tuple[Invoice, list[Refund]]:
    """Issue a credit note; with `to_card`, what is then too much goes back to the cards it is of.

    The caller sends the refunds afterwards. Raises TooMuch, NothingToPay, VersionChanged.
    """
    invoice = lock_version(invoice_id, version)
    # Before the number is taken: locks are taken invoice, attempt, series.
    attempts = list(invoice.attempts.select_for_update().order_by("pk"))
    note = credit(invoice_id=invoice_id, parts=parts, reason=reason, actor=actor)
    if not to_card:
        return note, []
    return note, list(refund_to_cards(invoice, attempts, reason, actor))


def refund_to_cards(
    invoice: Invoice, attempts: Iterable[PaymentAttempt], reason: str, actor: User | None
) -> Iterable[Refund]:
    left = invoice.excess
    for attempt in attempts:
        if (amount := min(left, attempt.refundable)) > 0:
            left -= amount
            yield ask_refund(attempt_id=attempt.pk, amount=amount, reason=reason[:200], actor=actor)
