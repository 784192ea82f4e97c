"""How far a withdrawal has come: computed from its contract, whatever was done elsewhere."""

from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from invoices.models import Invoice, Withdrawal
from invoices.orders.taking_back_plan import GONE_OUT
from invoices.withdrawals.deciding import awaits_manager, awaits_workshop
from invoices.withdrawals.rights import doubt_of, lines_of, reached
from repairs_restorals.models import ServiceTicket, Status
from repairs_restorals.models.status import TRANSITIONS
from store.models import Order, OrderLine


class Standing(models.TextChoices):
    NAMELESS = "nameless", _("which contract?")
    UNPROVEN = "unproven", _("the contract’s mailbox is asked")
    VOUCHED = "vouched", _("said to be theirs: a manager decides")
    DOUBTFUL = "doubtful", _("to be decided by staff")
    TO_CONFIRM = "to_confirm", _("part of an order that its customer has not confirmed yet")
    TO_CANCEL = "to_cancel", _("to be cancelled")
    AWAITS_THINGS = "awaits", _("the things are to come back")
    TO_TAKE_BACK = "to_take_back", _("to be taken back and paid back")
    TO_REFUND = "to_refund", _("money is to go back")
    TO_STOP = "to_stop", _("a repair to be cancelled: nothing was done")
    TO_SETTLE = "to_settle", _("a repair to be stopped: what was done is to be settled")
    DONE = "done", _("carried out")
    CLOSED = "closed", pgettext_lazy("done with", "closed")


def standing_of(withdrawal: Withdrawal) -> Standing:
    if withdrawal.closed_at:
        return Standing.CLOSED
    if withdrawal.order is None and withdrawal.ticket is None:
        return Standing.NAMELESS
    if not withdrawal.is_proven:
        return Standing.VOUCHED if withdrawal.vouched_at else Standing.UNPROVEN
    if withdrawal.order:
        return of_order(withdrawal, withdrawal.order)
    return of_ticket(withdrawal, cast(ServiceTicket, withdrawal.ticket))


def of_ticket(withdrawal: Withdrawal, ticket: ServiceTicket) -> Standing:
    if is_given_up(withdrawal):
        invoice = Invoice.objects.filter(ticket=ticket).first()
        return Standing.TO_REFUND if invoice and invoice.excess > 0 else Standing.DONE
    if doubt_of(withdrawal):
        return Standing.DOUBTFUL
    if reached(ticket, Status.IN_PROGRESS) or Status.CANCELLED not in TRANSITIONS[ticket.standing]:
        return Standing.TO_SETTLE
    return Standing.VOUCHED if awaits_workshop(withdrawal, ticket) else Standing.TO_STOP


def of_order(withdrawal: Withdrawal, order: Order) -> Standing:
    if is_given_up(withdrawal):
        invoice = Invoice.objects.filter(order=order).first()
        return Standing.TO_REFUND if invoice and invoice.excess > 0 else Standing.DONE
    if doubt_of(withdrawal):
        return Standing.DOUBTFUL
    if order.state not in GONE_OUT:
        return before_it_goes_out(withdrawal, order)
    return Standing.TO_TAKE_BACK if withdrawal.returned_at else Standing.AWAITS_THINGS


def before_it_goes_out(withdrawal: Withdrawal, order: Order) -> Standing:
    """Single things are taken off an order that is one: before, it is confirmed or ends whole."""
    if awaits_manager(withdrawal, order):
        return Standing.VOUCHED
    is_part = len(left_of(withdrawal)) < order.lines.count()
    return Standing.TO_CONFIRM if order.is_unconfirmed and is_part else Standing.TO_CANCEL


def is_given_up(withdrawal: Withdrawal) -> bool:
    """Whether nothing that it is about still belongs to its contract."""
    if ticket := withdrawal.ticket:
        return bool(withdrawal.settled_at) or ticket.status == Status.CANCELLED
    return not left_of(withdrawal)


def left_of(withdrawal: Withdrawal) -> list[OrderLine]:
    """The things of it that still belong to the order."""
    order = withdrawal.order
    if order is None or order.state == Order.State.CANCELLED:
        return []
    return [line for line in lines_of(withdrawal) if not line.is_gone]


def is_to_be_stopped(ticket: ServiceTicket) -> bool:
    """Whether its customer has withdrawn, and what was done by then is not settled yet."""
    known = ticket.withdrawals.open().proven().select_related("order", "ticket")
    return any(standing_of(withdrawal) == Standing.TO_SETTLE for withdrawal in known)
