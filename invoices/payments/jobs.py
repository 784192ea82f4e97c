"""What the timer does about cards: Stripe is asked again about what it has not told."""

import logging

from django.db.models.functions import Now

from invoices.exceptions import PaymentUnavailable
from invoices.models import PaymentAttempt, Refund
from invoices.payments.card import leave_start, reconcile, send_refunds_of
from outside.rounds import in_time

logger = logging.getLogger(__name__)
State = PaymentAttempt.State

# A Stripe that hangs or is slow must not keep the timer from its other jobs.
FAILURES_A_ROUND = 2
ATTEMPTS_A_ROUND = 50
SECONDS_A_ROUND = 3


def reconcile_attempts() -> int:
    """Ask Stripe about pay pages of which nothing was heard; end those whose time is over.

    Each is asked about by one process at a time: `checked_at` is moved first.
    """
    done = failed = 0
    attempts = PaymentAttempt.objects.to_ask_about().order_by("checked_at")
    for attempt in in_time(attempts[:ATTEMPTS_A_ROUND], SECONDS_A_ROUND):
        mine = PaymentAttempt.objects.filter(pk=attempt.pk, checked_at=attempt.checked_at)
        if not mine.update(checked_at=Now()):
            continue
        try:
            done += reconcile_one(attempt)
        except PaymentUnavailable:
            logger.warning("Stripe does not answer about attempt %d", attempt.pk)
            failed += 1
            if failed == FAILURES_A_ROUND:
                break
    return done


def reconcile_one(attempt: PaymentAttempt) -> bool:
    over = PaymentAttempt.objects.filter(pk=attempt.pk, expires_at__lte=Now()).exists()
    if attempt.state == State.STARTED:
        # Nobody was led to its page: what was asked for was never answered.
        return over and leave_start(attempt, state=State.EXPIRED)
    reconcile(attempt, close=over)
    return attempt.state != State.OPEN


def send_refunds() -> int:
    """Ask Stripe again for refunds that did not get through."""
    attempts = PaymentAttempt.objects.filter(refunds__in=Refund.objects.to_send()).distinct()
    done = 0
    for attempt in in_time(attempts[:ATTEMPTS_A_ROUND], SECONDS_A_ROUND):
        try:
            done += send_refunds_of(attempt)
        except PaymentUnavailable:
            logger.warning("Stripe does not answer about refunds of attempt %d", attempt.pk)
            break
    return done
