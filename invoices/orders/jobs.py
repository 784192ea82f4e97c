"""What the timer does about orders: those that nobody pays come to an end."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from invoices.documents.issuing import Kind
from invoices.exceptions import StillPayable
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, PaymentAttempt
from invoices.orders.transitions import cancel_order
from invoices.payments.jobs import FAILURES_A_ROUND, SECONDS_A_ROUND
from outside.rounds import in_time
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderQuerySet, OrderStage, ShopProfile
from store.models.order_stage import WAITING_FOR_PAYMENT

ORDERS_A_ROUND = 50
Ending = Order.Ending
# How long a pay page may stand open before its order is mailed.
LEFT_FOR = timedelta(minutes=10)


def unpaid_orders() -> OrderQuerySet:
    """Orders of which nothing is paid. What is paid in part is for staff to decide."""
    waiting = Order.objects.filter(state__in=[Order.State.OPEN, Order.State.READY], paid_at=None)
    return waiting.filter(invoice__payments=None)


def end_unpaid_orders() -> int:
    """Cancel orders whose time to pay is over; their things are available again."""
    over = unpaid_orders().filter(payment_due_at__lte=Now()).order_by("payment_due_at")
    return end_orders(over, Ending.UNPAID)


def end_unconfirmed_orders() -> int:
    """Cancel orders that nobody has confirmed in time; anybody may have taken their things."""
    over = unpaid_orders().at_stage(OrderStage.LAPSED).order_by("confirm_by")
    return end_orders(over, Ending.UNCONFIRMED)


def end_orders(over: QuerySet[Order], because: Order.Ending) -> int:
    ended = failed = 0
    some = over.values_list("pk", flat=True)[:ORDERS_A_ROUND]
    for pk in in_time(some, SECONDS_A_ROUND):
        try:
            cancel_order(order_id=pk, actor=None, because=because)
        except TransitionNotAllowed:
            # Paid, or ended by another process, a moment ago.
            continue
        except StillPayable:
            failed += 1
            if failed == FAILURES_A_ROUND:
                break
            continue
        ended += 1
    return ended


def remind_unpaid_orders() -> int:
    """Remind once of orders by transfer or at the shop, some days before they end."""
    if not (days := ShopProfile.get_solo().remind_days):
        return 0
    soon = unpaid_orders().filter(
        is_unconfirmed=False,
        payment_due_at__gt=Now(),
        payment_due_at__lte=Now() + timedelta(days=days),
    )
    slow = soon.exclude(payment_method=Order.PaymentMethod.CARD)
    # Not of those that had no more time from the beginning.
    early = slow.filter(placed_at__lte=Now() - timedelta(days=1))
    reminded = Invoice.objects.filter(events__kind=Kind.REMINDED)
    found = (
        early.exclude(invoice__in=reminded).order_by("payment_due_at").values_list("pk", flat=True)
    )
    return sum(remind_order(pk) for pk in found[:ORDERS_A_ROUND])


def mail_left_payments() -> int:
    """Mail the way back, once, to whoever has left the page of a card payment unpaid."""
    left = PaymentAttempt.objects.live().filter(started_at__lte=Now() - LEFT_FOR)
    waiting = unpaid_orders().filter(
        payment_method=Order.PaymentMethod.CARD,
        payment_due_at__gt=Now(),
        invoice__attempts__in=left,
    )
    reminded = Invoice.objects.filter(events__kind=Kind.REMINDED)
    found = waiting.exclude(invoice__in=reminded).order_by("payment_due_at")
    pks = found.values_list("pk", flat=True)[:ORDERS_A_ROUND]
    return sum(remind_order(pk, event="unpaid") for pk in pks)


@transaction.atomic
def remind_order(order_id: int, *, event: str = "remind") -> bool:
    order = Order.objects.select_for_update().get(pk=order_id)
    invoice = Invoice.objects.get(order=order)
    if order.stage not in WAITING_FOR_PAYMENT or invoice.due_now <= 0:
        return False
    if invoice.events.filter(kind=Kind.REMINDED).exists():
        return False
    invoice.record_event(Kind.REMINDED, None)
    notify_about_order(order.pk, event, invoice.site)
    return True
