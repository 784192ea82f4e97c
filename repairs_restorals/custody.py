"""Saying where a customer's thing is, and what it is worth; and the list of all of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from money.currency import shop_currency
from repairs_restorals.models import Custody, ServiceTicket, Status

COLUMNS = [
    gettext_lazy("ticket"),
    gettext_lazy("what"),
    gettext_lazy("serial number"),
    gettext_lazy("owner"),
    gettext_lazy("state"),
    gettext_lazy("where"),
    gettext_lazy("since"),
    gettext_lazy("worth, by its owner"),
    gettext_lazy("currency"),
]
# Whoever works on a thing has it.
HERE = [Status.IN_PROGRESS, Status.READY]


def last_of(ticket: ServiceTicket) -> Custody | None:
    return ticket.custody.order_by("at", "pk").last()


@transaction.atomic
def keep(
    *, ticket_id: int, place: str, value: Decimal | None = None, actor: User | None
) -> Custody | None:
    """Say where a thing is; "" says that it has left. The same as before is not said again.

    Without a value, the one said before stands.
    """
    ticket = ServiceTicket.objects.select_for_update().get(pk=ticket_id)
    last = last_of(ticket)
    known = (last.value, last.currency) if last else (None, shop_currency())
    amount, currency = known if value is None else (value, shop_currency())
    said = (last.place, *known) if last else ("", None, currency)
    if said == (place, amount, currency):
        return last
    return Custody.objects.create(
        ticket=ticket, place=place, value=amount, currency=currency, actor=actor
    )


def follow_status(ticket: ServiceTicket, to: Status, actor: User | None) -> None:
    """What a transition says of where a thing is, if nobody has said it before."""
    last = last_of(ticket)
    if to == Status.COLLECTED:
        keep(ticket_id=ticket.pk, place="", actor=actor)
    elif to in HERE and (last is None or not last.place):
        keep(ticket_id=ticket.pk, place=_("workshop"), actor=actor)


def in_house(day: date) -> QuerySet[Custody]:
    """What belonged to customers and was here at the end of a day, the dearest first."""
    things = Custody.objects.as_of(day).in_house().select_related("ticket__customer")
    return things.order_by("-value", "ticket")


def unknown() -> QuerySet[ServiceTicket]:
    """Open tickets of which nobody has said where the thing is, such as from before this list."""
    return ServiceTicket.objects.open().filter(Q(custody=None)).order_by("pk")


def sums_of(things: Iterable[Custody]) -> dict[str, Decimal]:
    """What they are worth together, by currency; what nobody has named a value of is not in it."""
    sums: dict[str, Decimal] = {}
    for thing in things:
        if thing.value is not None:
            sums[thing.currency] = sums.get(thing.currency, Decimal(0)) + thing.value
    return dict(sorted(sums.items()))


def cells_of(things: Iterable[Custody]) -> Iterator[list[Any]]:
    """A row of the file for each."""
    for thing in things:
        ticket = thing.ticket
        yield [
            *(ticket.reference, ticket.title, ticket.serial_number, ticket.customer.name),
            *(ticket.get_status_display(), thing.place, localdate(thing.at), thing.value),
            thing.currency,
        ]
