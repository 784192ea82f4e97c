"""Money back to cards: written down first, then asked of Stripe until it has an answer."""

from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from invoices.exceptions import PaymentRefused, PaymentUnavailable, TooMuch
from invoices.locking import lock_attempt
from invoices.mail.invoices import notify_shop
from invoices.models import PaymentAttempt, Refund
from invoices.models.card import new_key
from invoices.payments import stripe_client


@transaction.atomic
def ask_refund(
    *,
    attempt_id: int,
    amount: Decimal,
    reason: str,
    actor: User | None,
    idempotency_key: str | None = None,
) -> Refund:
    """Write down that money shall go back to a card. Raises TooMuch.

    `idempotency_key` names the sending of a form: the same one once more is the same refund.
    """
    _invoice, attempt = lock_attempt(attempt_id)
    if idempotency_key and (
        first := Refund.objects.filter(idempotency_key=idempotency_key).first()
    ):
        return first
    if amount <= 0 or amount > attempt.refundable:
        raise TooMuch
    named = {"idempotency_key": idempotency_key} if idempotency_key else {}
    return Refund.objects.create(
        attempt=attempt, amount=amount, reason=reason, actor=actor, **named
    )


def send_refund(refund: Refund) -> bool:
    """Ask Stripe for a refund; False when it has not got through or was refused for good."""
    was_tried = refund.tried_at is not None
    if not Refund.objects.to_send().filter(pk=refund.pk).update(tried_at=Now()):
        return False
    mine = Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING)
    try:
        # Stripe forgets a key after a day, and would send the money once more.
        stripe_id = was_tried and find_refund(refund)
        stripe_id = stripe_id or make_refund(refund) or find_refund(refund)
        if not stripe_id:
            # Stripe repeats an error under its key for ever, and there is no such refund yet.
            refund.idempotency_key = new_key()
            mine.update(idempotency_key=refund.idempotency_key)
            stripe_id = make_refund(refund) or find_refund(refund)
    except PaymentUnavailable:
        return False
    if not stripe_id:
        fail_refund(refund)
        return False
    return bool(mine.update(state=Refund.State.SENT, stripe_id=stripe_id))


@transaction.atomic
def fail_refund(refund: Refund) -> None:
    """Write down, once, that money does not go back by card, and tell the shop."""
    unfailed = Refund.objects.exclude(state=Refund.State.FAILED)
    if unfailed.filter(pk=refund.pk).update(state=Refund.State.FAILED):
        notify_shop(refund.attempt.invoice, "refund_failed", amount=refund.amount)


def make_refund(refund: Refund) -> str:
    """Stripe's id of the refund; empty when Stripe refuses it under this key."""
    try:
        return stripe_client.refund(
            key=refund.idempotency_key,
            payment_intent=refund.attempt.payment_intent,
            amount=refund.amount,
            currency=refund.attempt.invoice.currency,
            attempt_id=refund.attempt_id,
            refund_id=refund.pk,
        )
    except PaymentRefused:
        return ""


def find_refund(refund: Refund) -> str:
    intent = refund.attempt.payment_intent
    return stripe_client.find_refund(payment_intent=intent, refund_id=refund.pk)


def fail_lost_refunds(attempt: PaymentAttempt, reference: str) -> None:
    """Write down of a refund that no bank has taken, be it days later, that it failed."""
    for refund in attempt.refunds.filter(stripe_id=reference):
        fail_refund(refund)
