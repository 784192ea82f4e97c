"""Withdrawals as the pages of their order or ticket tell of them, to its customer and to staff."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.models import Withdrawal
from invoices.withdrawals.rights import lines_of, says_more
from invoices.withdrawals.standing import Standing, standing_of
from repairs_restorals.models import ServiceTicket
from store.models import Order

# What the customer reads; of all else, that we look at it.
FOR_CUSTOMERS = {
    Standing.AWAITS_THINGS: gettext_lazy("send the things back"),
    Standing.TO_TAKE_BACK: gettext_lazy("the things are here, your money goes back"),
    Standing.TO_REFUND: gettext_lazy("your money goes back"),
    Standing.TO_CANCEL: gettext_lazy("it is being cancelled"),
    Standing.TO_STOP: gettext_lazy("it is being cancelled"),
    Standing.TO_CONFIRM: gettext_lazy("it waits for you to confirm the order"),
    Standing.TO_SETTLE: gettext_lazy("the work is stopped"),
    Standing.DONE: gettext_lazy("carried out"),
}


class Told(NamedTuple):
    """One withdrawal in a line."""

    withdrawal: Withdrawal
    things: str
    # How far it has come, as staff read it, and as the customer does.
    standing: str
    for_customer: str


def told_of(subject: Order | ServiceTicket) -> list[Told]:
    """Those which are known to come from the customer, the first first."""
    proven = subject.withdrawals.proven().select_related("order", "ticket")
    return [told(withdrawal) for withdrawal in proven.order_by("pk")]


def told(withdrawal: Withdrawal) -> Told:
    standing = standing_of(withdrawal)
    if standing == Standing.CLOSED:
        answer = str(withdrawal.get_answer_display())
        return Told(withdrawal, things_of(withdrawal), answer, answer)
    for_customer = str(FOR_CUSTOMERS.get(standing, _("we look at it")))
    return Told(withdrawal, things_of(withdrawal), str(standing.label), for_customer)


def things_of(withdrawal: Withdrawal) -> str:
    """As its form has named them; words that may mean a part of them, word for word."""
    if says_more(withdrawal):
        return withdrawal.contract_words
    return ", ".join(f"{line.title} ({line.piece})" for line in lines_of(withdrawal))


def is_open_on(subject: Order | ServiceTicket) -> dict[str, bool]:
    """Whether the shop has yet to do something about a withdrawal from it."""
    has_any = getattr(subject, "has_withdrawals", True)
    return {"is_open": has_any and subject.withdrawals.open().proven().exists()}


def on_page(subject: Order | ServiceTicket) -> dict[str, Any]:
    has_any = getattr(subject, "has_withdrawals", True)
    return {"told": told_of(subject) if has_any else []}
