"""Whether somebody may withdraw from an order: in time, and from things that may be given back."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models import Withdrawal
from invoices.orders.taking_back_plan import GONE_OUT
from invoices.withdrawals.period import Period, period_from
from store.models import Order, OrderLine, ShopProfile
from store.models.withdrawal_rights import WithdrawalException

OUT = [Order.Transition.SHIP, Order.Transition.COLLECT]


class Doubt(models.TextChoices):
    """Why a declaration may have no effect; whoever runs the shop decides."""

    LATE = "late", _("it came after the time to withdraw")
    BUSINESS = "business", _("the order was placed for a business")
    MADE = "made", _("some of it was made to the customer’s wish")


def period_of_order(order: Order) -> Period:
    """Counted from when the last thing was got: nobody tells us of parcels, so it is assumed."""
    if order.state not in GONE_OUT:
        return Period()
    went = order.events.filter(transition__in=OUT, kind="").order_by("-pk").first()
    if went is None:
        return Period()
    got_on = timezone.localdate(went.at)
    if order.state == Order.State.SHIPPED:
        got_on += timedelta(days=ShopProfile.get_solo().days_to_deliver)
    told = order.withdrawal_told_at
    return period_from(got_on, timezone.localdate(told) if told else None)


def lines_of(withdrawal: Withdrawal) -> list[OrderLine]:
    """The things that somebody has withdrawn from: those named, or all."""
    chosen = list(withdrawal.lines.select_related("piece"))
    if chosen or withdrawal.order is None:
        return chosen
    return list(withdrawal.order.lines.select_related("piece"))


def doubt_of(withdrawal: Withdrawal) -> str:
    """What speaks against it; "" where nothing does. A broken seal nobody sees from here."""
    order = withdrawal.order
    if order is None:
        return ""
    if order.for_business:
        return Doubt.BUSINESS
    made = WithdrawalException.MADE
    if any(line.withdrawal_exception == made for line in lines_of(withdrawal)):
        return Doubt.MADE
    return "" if period_of_order(order).has(withdrawal.declared_at) else Doubt.LATE


def doubt_words(withdrawal: Withdrawal) -> str:
    found = doubt_of(withdrawal)
    return str(Doubt(found).label) if found else ""
