"""Whose turn a ticket is and what for: said here once, for pages, lists, the board and mails."""

from enum import Enum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from repairs_restorals.models.status import Status
from store.panels import Bill


class Turn(Enum):
    CUSTOMER = "customer"
    WORKSHOP = "workshop"
    NOBODY = "nobody"


class Stage(NamedTuple):
    """What a ticket waits for, as a sentence for each who is told."""

    turn: Turn
    # Customers read whose turn it is; staff read it after "waits for".
    for_customer: Any
    for_staff: Any = ""
    # What a mail says when staff have brought the ticket here by hand.
    news: Any = ""


STAGES = {
    Status.SUBMITTED: Stage(Turn.WORKSHOP, _("Our turn: we look at it"), _("our first look")),
    Status.ASSESSING: Stage(
        Turn.WORKSHOP,
        _("Our turn: we work out what it needs"),
        _("our quote"),
        _("we are looking at your thing now."),
    ),
    Status.QUOTED: Stage(
        Turn.CUSTOMER, _("Your turn: answer our quote"), _("the customer’s yes or no")
    ),
    Status.DECLINED: Stage(
        Turn.CUSTOMER,
        _("Your turn: tell us how to go on, or collect it"),
        _("a new quote, or its return"),
    ),
    Status.APPROVED: Stage(Turn.WORKSHOP, _("Our turn: we begin soon"), _("us to begin")),
    Status.IN_PROGRESS: Stage(
        Turn.WORKSHOP,
        _("Our turn: we are at it"),
        _("our work"),
        _("the work on your thing has begun."),
    ),
    Status.READY: Stage(
        Turn.CUSTOMER,
        _("Your turn: collect it"),
        _("the customer to collect it"),
        _("your thing is ready for you. You can collect it at the shop:"),
    ),
    Status.COLLECTED: Stage(
        Turn.NOBODY, _("Nothing is left to do"), news=_("you have your thing back.")
    ),
    Status.CANCELLED: Stage(
        Turn.NOBODY, _("Nothing is left to do"), news=_("your ticket is cancelled.")
    ),
}
# Agreed, but nothing begins before the deposit is paid.
DEPOSIT = Stage(Turn.CUSTOMER, _("Your turn: pay the deposit, then we begin"), _("the deposit"))
# Ordered, and not here yet; see `models.parts` for those with a day.
PARTS = Stage(Turn.WORKSHOP, _("Our turn: we wait for parts"), _("parts"))
# The work is over, the money is not.
PAY = Stage(Turn.CUSTOMER, _("Your turn: pay what is left"), _("the customer’s payment"))
REFUND = Stage(Turn.WORKSHOP, _("Our turn: you get money back"), _("the money that is to go back"))
DISPUTE = Stage(
    Turn.CUSTOMER,
    _("Your turn: your bank has taken a payment back, please get in touch"),
    _("the end of a dispute about a card payment"),
)
# The customer has written last. Comes before everything else for staff while a ticket is open,
# and for the customer unless it is theirs to do something all the same.
ANSWER = Stage(Turn.WORKSHOP, _("Our turn: we answer you"), _("our answer"))


def after_work(bill: Bill, usual: Stage) -> Stage:
    """What a closed ticket waits for: money that is still to come or to go back, if any."""
    if bill.overpaid:
        return REFUND._replace(news=usual.news)
    if not bill.balance:
        return usual
    return (PAY if bill.due else DISPUTE)._replace(news=usual.news)
