"""What the timer does about money: asks Stripe what no event told, ends and reminds."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from invoices.documents.issuing import Kind, record
from invoices.exceptions import PaymentUnavailable, StillPayable
from invoices.mail import tell_about_order
from invoices.models import Invoice, PaymentAttempt, Refund
from invoices.orders.services import cancel_order
from invoices.payments.card import leave_start, send_refunds_of, settle
from store.exceptions import MoveNotAllowed
from store.models import Order, ShopProfile

logger = logging.getLogger(__name__)
State = PaymentAttempt.State

# A Stripe that hangs must not keep the timer from its other jobs.
FAILURES = 2
AT_ONCE = 50


def settle_attempts() -> int:
    """Ask Stripe about pay pages of which nothing was heard; end those whose time is over.

    Each is asked about by one process at a time: `checked_at` is moved first.
    """
    done = failed = 0
    for attempt in PaymentAttempt.objects.to_ask_about().order_by("checked_at")[:AT_ONCE]:
        mine = PaymentAttempt.objects.filter(pk=attempt.pk, checked_at=attempt.checked_at)
        if not mine.update(checked_at=Now()):
            continue
        try:
            done += settle_one(attempt)
        except PaymentUnavailable:
            logger.warning("Stripe does not answer about attempt %d", attempt.pk)
            failed += 1
            if failed == FAILURES:
                break
    return done


def settle_one(attempt: PaymentAttempt) -> bool:
    over = PaymentAttempt.objects.filter(pk=attempt.pk, expires_at__lte=Now()).exists()
    if attempt.state == State.STARTED:
        # Nobody was led to its page: what was asked for was never answered.
        return over and leave_start(attempt, state=State.EXPIRED)
    settle(attempt, close=over)
    return attempt.state != State.OPEN


def send_refunds() -> int:
    """Ask Stripe again for refunds that did not get through."""
    attempts = PaymentAttempt.objects.filter(refunds__in=Refund.objects.to_send()).distinct()
    done = 0
    for attempt in attempts[:AT_ONCE]:
        try:
            done += send_refunds_of(attempt)
        except PaymentUnavailable:
            logger.warning("Stripe does not answer about refunds of attempt %d", attempt.pk)
            break
    return done


def unpaid_orders() -> QuerySet[Order]:
    """Orders of which nothing is paid. What is paid in part is for staff to decide."""
    waiting = Order.objects.filter(state__in=[Order.State.OPEN, Order.State.READY], paid_at=None)
    return waiting.filter(invoice__payments=None)


def end_unpaid_orders() -> int:
    """Cancel orders whose time to pay is over; their things are free again."""
    ended = failed = 0
    over = unpaid_orders().filter(pay_by__lte=Now()).order_by("pay_by")
    for pk in over.values_list("pk", flat=True)[:AT_ONCE]:
        try:
            cancel_order(order_id=pk, actor=None)
        except MoveNotAllowed:
            # Paid, or ended by another process, a moment ago.
            continue
        except StillPayable:
            failed += 1
            if failed == FAILURES:
                break
            continue
        ended += 1
    return ended


def remind_unpaid_orders() -> int:
    """Remind once of orders by transfer or at the shop, some days before they end."""
    if not (days := ShopProfile.get_solo().remind_days):
        return 0
    soon = unpaid_orders().filter(pay_by__gt=Now(), pay_by__lte=Now() + timedelta(days=days))
    slow = soon.exclude(payment_method=Order.PayBy.CARD)
    # Not of those that had no more time from the beginning.
    early = slow.filter(placed_at__lte=Now() - timedelta(days=1))
    told = Invoice.objects.filter(events__kind=Kind.REMINDED)
    found = early.exclude(invoice__in=told).order_by("pay_by").values_list("pk", flat=True)
    return sum(remind_order(pk) for pk in found[:AT_ONCE])


@transaction.atomic
def remind_order(order_id: int) -> bool:
    order = Order.objects.select_for_update().get(pk=order_id)
    invoice = Invoice.objects.get(order=order)
    if invoice.events.filter(kind=Kind.REMINDED).exists() or order.paid_at:
        return False
    record(invoice, Kind.REMINDED, None)
    tell_about_order(order.pk, "remind", invoice.site)
    return True
