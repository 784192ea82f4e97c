"""Whether somebody may withdraw from an order: in time, and from things that may be given back."""

import re
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models import Withdrawal
from invoices.orders.taking_back_plan import GONE_OUT
from invoices.withdrawals.period import Period, period_from
from repairs_restorals.models import Quote, ServiceTicket, Status, TicketEvent
from store.models import Order, OrderLine, ShopProfile
from store.models.withdrawal_rights import WithdrawalException

# What else may name a contract than its number, and what does not.
ADDRESS, WORD = re.compile(r"\S*/\S*"), re.compile(r"\w{3}")
OUT = [Order.Transition.SHIP, Order.Transition.COLLECT]


class Doubt(models.TextChoices):
    """Why a declaration may have no effect; whoever runs the shop decides."""

    COUNTER = "counter", _("it was bought at the counter, not from afar")
    LATE = "late", _("it came after the time to withdraw")
    BUSINESS = "business", _("the order was placed for a business")
    MADE = "made", _("some of it was made to the customer’s wish")
    # Article 16(e).
    UNSEALED = "unsealed", _("its seal was broken after it was got: with that the right is gone")
    WHICH = "which", _("it may be about some of the things only: read its words")
    # Article 16(a): fully performed, after an express wish and knowing that the right ends then.
    FINISHED = "finished", _("the work was finished before, at the customer’s wish")


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
    """What speaks against it; "" where nothing does. Staff say whether a seal was broken."""
    order = withdrawal.order
    if order is None:
        return doubt_of_repair(withdrawal)
    if order.is_counter_sale:
        return Doubt.COUNTER
    if order.for_business:
        return Doubt.BUSINESS
    if says_more(withdrawal):
        return Doubt.WHICH
    made = WithdrawalException.MADE
    if any(line.withdrawal_exception == made for line in lines_of(withdrawal)):
        return Doubt.MADE
    if withdrawal.seal == Withdrawal.Seal.BROKEN:
        return Doubt.UNSEALED
    return "" if period_of_order(order).has(withdrawal.declared_at) else Doubt.LATE


def sealed_lines(withdrawal: Withdrawal) -> list[OrderLine]:
    """Of what somebody withdraws from, that which goes back only with its seal whole."""
    sealed = WithdrawalException.SEALED
    return [line for line in lines_of(withdrawal) if line.withdrawal_exception == sealed]


def says_more(withdrawal: Withdrawal) -> bool:
    """Whether words beside the order's number may name some of its things, and none was chosen."""
    order = withdrawal.order
    if order is None or withdrawal.lines.exists() or order.lines.count() < 2:
        return False
    rest = ADDRESS.sub(" ", withdrawal.contract).replace(order.reference, " ")
    return bool(WORD.search(rest))


def agreed_quote(ticket: ServiceTicket) -> Quote | None:
    """The contract of a repair."""
    accepted = ticket.quotes.filter(state=Quote.State.ACCEPTED)
    return accepted.order_by("decided_at", "pk").last()


def period_of_quote(quote: Quote) -> Period:
    """Of a service, from the day of the contract: Article 9(2)(a)."""
    told = quote.withdrawal_told_at
    agreed_on = timezone.localdate(quote.decided_at)
    return period_from(agreed_on, timezone.localdate(told) if told else None)


def doubt_of_repair(withdrawal: Withdrawal) -> str:
    quote = agreed_quote(withdrawal.ticket) if withdrawal.ticket else None
    if withdrawal.ticket is None or quote is None:
        return ""
    if not period_of_quote(quote).has(withdrawal.declared_at):
        return Doubt.LATE
    finished = reached(withdrawal.ticket, Status.READY)
    if finished and quote.begin_wished_at and finished.at <= withdrawal.declared_at:
        return Doubt.FINISHED
    return ""


def reached(ticket: ServiceTicket, status: Status) -> TicketEvent | None:
    """When a ticket came to a status first, after what was agreed last."""
    quote = agreed_quote(ticket)
    since = ticket.events.filter(kind=TicketEvent.Kind.TRANSITION, status=status)
    if quote and quote.decided_at:
        since = since.filter(at__gte=quote.decided_at)
    return since.order_by("pk").first()


def doubt_words(withdrawal: Withdrawal) -> str:
    found = doubt_of(withdrawal)
    return str(Doubt(found).label) if found else ""
