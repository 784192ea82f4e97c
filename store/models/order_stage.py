"""What comes next for an order: said here once, for pages, lists, mails and the admin."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OrderStage(models.TextChoices):
    """How far an order is, by state, payment and delivery; labels as its customer reads them.

    The books say what becomes of the money, and `store.services` writes it down: nothing is asked
    of an app above.
    What the page says at each stage stands in `templates/store/order_stages/`.
    """

    UNCONFIRMED = "unconfirmed", _("Waiting for your confirmation")
    # Over by the clock, though no timer has come by yet.
    LAPSED = "lapsed", _("Cancelled")
    PAY_BY_CARD = "pay_by_card", _("Waiting for your payment")
    TRANSFER = "transfer", _("Waiting for your payment")
    RESERVED = "reserved", _("Reserved for you")
    PREPARING = "preparing", _("Paid: we are getting it ready")
    SENDING = "sending", _("Paid: we are getting it ready")
    READY = "ready", _("Ready for you at the shop")
    READY_UNPAID = "ready_unpaid", _("Ready for you at the shop")
    SHIPPED = "shipped", _("On its way to you")
    COLLECTED = "collected", _("Collected")
    OWED = "owed", _("Your payment went back")
    TAKEN_BACK = "taken_back", _("Taken back")
    CANCELLED = "cancelled", _("Cancelled")

    @property
    def next(self) -> str:
        """What the shop does next, in a sentence for page and mail; "" where it waits."""
        return str(NEXT.get(self, ""))

    @property
    def next_without_mail(self) -> str:
        return str(NEXT_WITHOUT_MAIL.get(self, ""))


NEXT = {
    OrderStage.PREPARING: _("We mail you when you can collect it."),
    OrderStage.SENDING: _("We mail you when it is on its way."),
}
NEXT_WITHOUT_MAIL = {
    OrderStage.PREPARING: _("This page says when you can collect it."),
    OrderStage.SENDING: _("This page says when it is on its way."),
}
PAID = {"paid_at__isnull": False}
OWED = {**PAID, "owed_since__isnull": False}
TIME_IS_UP = Now()
LAPSED = {"is_unconfirmed": True, "confirm_by__lte": TIME_IS_UP}
# What tells each stage; the first that fits is the one, in Python and in a query.
TELLING: list[tuple[OrderStage, Mapping[str, Any]]] = [
    (OrderStage.CANCELLED, {"state": "cancelled"}),
    (OrderStage.TAKEN_BACK, {"taken_back_at__isnull": False}),
    (OrderStage.COLLECTED, {"state": "collected"}),
    (OrderStage.SHIPPED, {"state": "shipped"}),
    (OrderStage.OWED, OWED),
    (OrderStage.SENDING, {**PAID, "delivery": "ship"}),
    (OrderStage.READY, {**PAID, "state": "ready"}),
    (OrderStage.PREPARING, PAID),
    (OrderStage.LAPSED, LAPSED),
    (OrderStage.UNCONFIRMED, {"is_unconfirmed": True}),
    (OrderStage.READY_UNPAID, {"state": "ready"}),
    (OrderStage.PAY_BY_CARD, {"payment_method": "card"}),
    (OrderStage.TRANSFER, {"payment_method": "transfer"}),
]
ELSE = OrderStage.RESERVED
# An order that is at none of these has one of those states.
OVER = {OrderStage.CANCELLED, OrderStage.TAKEN_BACK, OrderStage.COLLECTED, OrderStage.SHIPPED}
IN_HAND = ["open", "ready"]
WAITING_FOR_PAYMENT = [
    OrderStage.PAY_BY_CARD,
    OrderStage.TRANSFER,
    OrderStage.RESERVED,
    OrderStage.READY_UNPAID,
]
# Nothing goes out or is handed over there.
ASKED_TO_PAY = [*WAITING_FOR_PAYMENT, OrderStage.OWED]


def stage_of(order: Any) -> OrderStage:
    facts = {
        "state": order.state,
        "delivery": order.delivery,
        "payment_method": order.payment_method,
        "paid_at__isnull": order.paid_at is None,
        "owed_since__isnull": order.owed_since is None,
        "taken_back_at__isnull": order.taken_back_at is None,
        "is_unconfirmed": order.is_unconfirmed,
        "confirm_by__lte": TIME_IS_UP
        if order.is_unconfirmed and is_past(order, "confirm_by")
        else None,
    }
    fitting = (stage for stage, telling in TELLING if telling.items() <= facts.items())
    return next(fitting, ELSE)


def is_past(order: Any, *deadlines: str) -> bool:
    """Whether one of them is, by the database's clock: that of this machine may be wrong."""
    passed = reduce(or_, (models.Q((f"{name}__lte", Now())) for name in deadlines))
    return bool(type(order)._default_manager.filter(passed, pk=order.pk).exists())


def stage_in_query() -> models.Case:
    whens = [models.When(**telling, then=models.Value(stage)) for stage, telling in TELLING]
    return models.Case(*whens, default=models.Value(ELSE), output_field=models.CharField())
