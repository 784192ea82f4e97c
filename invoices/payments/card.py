"""Paying by card: one attempt after the other, and the books brought into line with Stripe.

Stripe is asked outside of any transaction. What it answers is written in one transaction, with
what the money is for locked first, then the invoice, then the attempt.
"""

import logging
from contextlib import suppress
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from invoices.card_limits import why_no_card
from invoices.exceptions import (
    NoCard,
    NothingToPay,
    PaymentRefused,
    PaymentUnavailable,
    StillPayable,
)
from invoices.locking import lock_attempt, lock_invoice
from invoices.models import Invoice, PaymentAttempt, StripeEvent
from invoices.models.card import SESSION_LIFE
from invoices.payments import stripe_client
from invoices.payments.ledger import enter_facts
from invoices.payments.refunds import send_refund
from invoices.payments.stripe_client import Facts, SignedEvent
from invoices.payments.unconfirmed import keep_while_paying
from store.models import Order

logger = logging.getLogger(__name__)
State = PaymentAttempt.State
# Others may change an attempt while Stripe is asked about it; not for ever.
TRIES = 5


class Started(NamedTuple):
    """Where the customer pays."""

    attempt: PaymentAttempt
    url: str


def start_payment(*, invoice_id: int, site: str) -> Started:
    """Lead to a pay page for what is due now: the one that is open already, or a new one.

    `site` is where the customer comes back to, such as "https://example.com".

    Raises NothingToPay, NoCard, PaymentUnavailable when Stripe does not answer (ask again later,
    the attempt stays), PaymentRefused when it will not have it.
    """
    close_outdated(invoice_id=invoice_id)
    attempt = open_attempt(invoice_id=invoice_id, site=site)
    with suppress(PaymentRefused):
        return Started(attempt, open_session(attempt))
    # What was refused stays refused under its key, be it for its age; another gets a new one.
    attempt = open_attempt(invoice_id=invoice_id, site=site)
    return Started(attempt, open_session(attempt))


@transaction.atomic
def open_attempt(*, invoice_id: int, site: str) -> PaymentAttempt:
    """The invoice's live attempt, or a new one, written before Stripe hears of it.

    An order that is paid by card alone keeps its things for as long as the attempt lives.
    Raises NothingToPay, and NoCard for an amount that no card can pay.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.due_now <= 0 or is_over(invoice):
        raise NothingToPay
    if live := invoice.attempts.live().first():
        return live
    if why := why_no_card(invoice.due_now, invoice.currency):
        raise NoCard(why)
    if invoice.order and invoice.order.is_unconfirmed:
        invoice.order = keep_while_paying(invoice.order)
    ends = Now() + SESSION_LIFE
    attempt = PaymentAttempt.objects.create(
        invoice=invoice, amount=invoice.due_now, expires_at=ends, site=site
    )
    attempt.refresh_from_db()
    if invoice.order and invoice.order.payment_method == Order.PaymentMethod.CARD:
        Order.objects.filter(pk=invoice.order.pk).update(payment_due_at=attempt.expires_at)
    return attempt


def close_outdated(*, invoice_id: int) -> None:
    """End a pay page that asks for another amount than is due by now, such as after a deposit."""
    invoice = Invoice.objects.get(pk=invoice_id)
    if any(live.amount != invoice.due_now for live in invoice.attempts.live()):
        try:
            close_payments(invoice_id=invoice_id)
        except StillPayable as failure:
            raise PaymentUnavailable from failure


def is_over(invoice: Invoice) -> bool:
    """Whether the time of an unpaid order has ended, though no timer has come by yet."""
    order = invoice.order
    if order is None or order.paid_at:
        return False
    return Order.objects.filter(pk=order.pk, payment_due_at__lte=Now()).exists()


def open_session(attempt: PaymentAttempt) -> str:
    """Ask Stripe for the pay page of an attempt, under its key, and write down which it is.

    The same key leads to the same page, whoever asks how often.
    """
    if attempt.state == State.OPEN:
        return attempt.url
    invoice = attempt.invoice
    try:
        session = stripe_client.create_session(
            key=attempt.idempotency_key,
            attempt_id=attempt.pk,
            amount=attempt.amount,
            currency=invoice.currency,
            description=invoice.subject_name,
            email=invoice.payer.email,
            expires_at=attempt.expires_at,
            success_url=attempt.site + reverse("invoices:paid", args=[invoice.secret]),
            cancel_url=attempt.site
            + reverse("invoices:pay-back", args=[invoice.secret, attempt.idempotency_key]),
        )
    except PaymentRefused:
        leave_start(attempt, state=State.FAILED)
        raise
    if not leave_start(attempt, state=State.OPEN, session_id=session.id, url=session.url):
        attempt.refresh_from_db()
        if attempt.session_id != session.id:
            # It was given up meanwhile: nobody shall pay there.
            stripe_client.close_session(session.id)
            raise PaymentUnavailable
    return session.url


def leave_start(attempt: PaymentAttempt, **values: object) -> bool:
    """Move a started attempt on, once; one statement, so that no lock outlives it."""
    started = PaymentAttempt.objects.filter(pk=attempt.pk, state=State.STARTED)
    return bool(started.update(**values, version=attempt.version + 1))


def reconcile(
    attempt: PaymentAttempt, *, event: SignedEvent | None = None, close: bool = False
) -> None:
    """Bring our books into line with what Stripe says of an attempt. Safe to call at any time.

    Called by signed events, the page that customers return to, and the timer. This alone makes
    anything paid by card. `close` ends a pay page that is still open. Never backwards: an
    answer that was asked for before the attempt changed is thrown away and asked for again.

    Raises PaymentUnavailable when Stripe does not answer.
    """
    for _try in range(TRIES):
        attempt.refresh_from_db()
        facts = facts_of(attempt, close=close)
        if write_facts(attempt_id=attempt.pk, version=attempt.version, facts=facts, event=event):
            break
    else:
        raise PaymentUnavailable
    attempt.refresh_from_db()
    send_refunds_of(attempt)


def facts_of(attempt: PaymentAttempt, *, close: bool) -> Facts | None:
    """What Stripe says; None of an attempt that has not got a pay page, or never had one.

    Money of another currency than the invoice's is not booked: numbers of the two say nothing of
    each other.
    """
    if attempt.session_id is None:
        return None
    facts = stripe_client.fetch(attempt.session_id)
    if close and facts.status == "open":
        stripe_client.close_session(attempt.session_id)
        facts = stripe_client.fetch(attempt.session_id)
    if facts.currency not in {"", attempt.invoice.currency}:
        problem = f"Card payment {attempt.pk} of {attempt.invoice} was paid in {facts.currency}."
        logger.error(problem)
        raise PaymentUnavailable(problem)
    return facts


@transaction.atomic
def write_facts(
    *, attempt_id: int, version: int, facts: Facts | None, event: SignedEvent | None
) -> bool:
    """Write down what Stripe says and do what follows; False when the answer is out of date."""
    invoice, attempt = lock_attempt(attempt_id)
    if attempt.version != version:
        return False
    if event:
        StripeEvent.objects.get_or_create(
            id=event.id, defaults={"type": event.type, "attempt": attempt}
        )
    PaymentAttempt.objects.filter(pk=attempt_id).update(checked_at=Now())
    if facts is None:
        return True
    before = attempt.state, attempt.payment_intent
    attempt.state = next_state(attempt, facts)
    attempt.payment_intent = facts.payment_intent or attempt.payment_intent
    entered = enter_facts(invoice, attempt, facts.entries)
    if entered or before != (attempt.state, attempt.payment_intent):
        attempt.version += 1
        attempt.save(update_fields=["state", "payment_intent", "version"])
    return True


def next_state(attempt: PaymentAttempt, facts: Facts) -> State:
    """Forwards only: what is paid stays paid, whatever becomes of the money later."""
    if facts.paid or attempt.state == State.PAID:
        return State.PAID
    if facts.status == "expired":
        return State.EXPIRED
    return State(attempt.state)


def send_refunds_of(attempt: PaymentAttempt) -> int:
    """Ask Stripe for the refunds that are written down, and book them; return how many.

    What cannot be asked for now the timer asks for again, under the same key.
    """
    sent = sum(send_refund(refund) for refund in attempt.refunds.all())
    if sent:
        reconcile(attempt)
    return sent


def close_payments(*, invoice_id: int) -> None:
    """End an invoice's open pay page, or reconcile it if it turns out paid.

    Raises StillPayable when Stripe does not answer: then somebody may be paying there now.
    """
    for attempt in PaymentAttempt.objects.live().filter(invoice=invoice_id):
        if leave_start(attempt, state=State.EXPIRED):
            # Nobody was ever led there: the page's address is only in the answer we never got.
            continue
        try:
            reconcile(attempt, close=True)
        except PaymentUnavailable as failure:
            raise StillPayable from failure


def act_on(event: SignedEvent) -> PaymentAttempt | None:
    """Reconcile the attempt that a signed event is about; None when it is not one of ours.

    Of the event nothing is believed but whom it is about: Stripe is asked for the rest.
    """
    if first := StripeEvent.objects.filter(pk=event.id).select_related("attempt").first():
        return first.attempt
    attempt = attempt_of(event)
    if attempt is None:
        StripeEvent.objects.get_or_create(id=event.id, defaults={"type": event.type})
        return None
    reconcile(attempt, event=event)
    return attempt


def attempt_of(event: SignedEvent) -> PaymentAttempt | None:
    attempts = PaymentAttempt.objects.all()
    if event.session_id and (found := attempts.filter(session_id=event.session_id).first()):
        return found
    if event.payment_intent and (
        found := attempts.filter(payment_intent=event.payment_intent).first()
    ):
        return found
    if not event.attempt_id.isdecimal() or len(event.attempt_id) > 18:
        return None
    return attempts.filter(pk=int(event.attempt_id)).first()
