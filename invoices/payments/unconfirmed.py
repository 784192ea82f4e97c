"""Paying by card for what was ordered on a promise: it waits to be confirmed no more."""

from invoices.exceptions import NothingToPay
from store.exceptions import TransitionNotAllowed
from store.models import Order
from store.services import transition_order


def keep_while_paying(order: Order) -> Order:
    """Let a locked order that waits for its link have its things: it is paid by card instead.

    Raises NothingToPay when its time is up.
    """
    try:
        transition_order(order_id=order.pk, transition=Order.Transition.CONFIRM, actor=None)
    except TransitionNotAllowed as refusal:
        raise NothingToPay from refusal
    Order.objects.filter(pk=order.pk).update(payment_method=Order.PaymentMethod.CARD)
    return Order.objects.get(pk=order.pk)
