"""What orders ask of staff: said once, for the filter of their list and for the front desk."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from store.models import Order, OrderQuerySet
from store.models import OrderStage as Stage
from store.models.order_stage import ASKED_TO_PAY, WAITING_FOR_PAYMENT

# What is more than the state of an order.
FOR_STAFF = {
    Stage.OWED: _("to be paid again"),
    Stage.TAKEN_BACK: _("taken back"),
    Stage.UNCONFIRMED: _("to be confirmed"),
    Stage.LAPSED: _("not confirmed in time"),
}


class ToDo(NamedTuple):
    label: Any
    find: Callable[[OrderQuerySet], OrderQuerySet]


def at(*stages: Stage) -> Callable[[OrderQuerySet], OrderQuerySet]:
    return lambda orders: orders.at_stage(*stages)


def late(orders: OrderQuerySet) -> OrderQuerySet:
    return orders.at_stage(*WAITING_FOR_PAYMENT).filter(payment_due_at__lt=Now())


def undecided(orders: OrderQuerySet) -> OrderQuerySet:
    """Whose VAT is in them nobody has said, and their invoices wait for it."""
    over = [Order.State.CANCELLED]
    return orders.filter(tax_undecided=True, invoice__number=None).exclude(state__in=over)


TO_DO = {
    "confirm": ToDo(_("waiting to be confirmed"), at(Stage.UNCONFIRMED)),
    "pay": ToDo(_("waiting for payment"), at(*ASKED_TO_PAY)),
    "late": ToDo(_("payment overdue"), late),
    "again": ToDo(_("to be paid again"), at(Stage.OWED)),
    "tax": ToDo(_("VAT to be decided"), undecided),
    "prepare": ToDo(_("to prepare or send"), at(Stage.PREPARING, Stage.SENDING, Stage.RESERVED)),
    "send": ToDo(_("paid, to send"), at(Stage.SENDING)),
    "ready": ToDo(_("paid, to lay ready"), at(Stage.PREPARING)),
    "reserved": ToDo(_("unpaid, to lay ready"), at(Stage.RESERVED)),
    "collect": ToDo(_("waiting to be collected"), at(Stage.READY, Stage.READY_UNPAID)),
}
