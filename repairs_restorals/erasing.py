"""Of tickets that are over stays what was agreed and done for how much; words and photos go."""

from collections.abc import Iterator

from accounts.erasing import ERASED, ERASERS, Eraser
from accounts.personal_data import Person
from repairs_restorals.models import (
    Quote,
    RepairForm,
    ServiceTicket,
    Task,
    TicketEvent,
    TicketImage,
    TicketMessage,
)


def tickets_of(person: Person) -> list[ServiceTicket]:
    """All of them, also those that an account whose address is not checked does not see."""
    return list(ServiceTicket.objects.filter(customer=person.user or 0))


def under_way(person: Person) -> Iterator[str]:
    for ticket in tickets_of(person):
        if ticket.ended_at is None:
            yield str(ticket)


def erase(person: Person) -> None:
    mine = tickets_of(person)
    # Their files go with them.
    TicketImage.objects.filter(ticket__in=mine).delete()
    TicketMessage.objects.filter(ticket__in=mine).delete()
    Task.objects.filter(ticket__in=mine).delete()
    RepairForm.objects.filter(quote__ticket__in=mine).delete()
    TicketEvent.objects.filter(ticket__in=mine).update(note="")
    Quote.objects.filter(ticket__in=mine).update(intro="", reason="", decided_from="")
    words = dict.fromkeys(["description", "serial_number", "condition", "material_links"], "")
    rows = ServiceTicket.objects.filter(pk__in=[ticket.pk for ticket in mine])
    rows.update(**words, title=ERASED, status_secret=None, first_link=None)


ERASERS.append(Eraser(under_way, erase))
