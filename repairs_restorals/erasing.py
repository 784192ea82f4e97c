"""Of tickets that are over stays what was agreed and done for how much; words and photos go."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.erasing import ERASED, ERASERS, OF_SHOP, Eraser, is_of_shop
from accounts.personal_data import Person
from repairs_restorals.custody import last_of
from repairs_restorals.models import (
    Quote,
    RepairForm,
    ServiceTicket,
    Task,
    TicketEvent,
    TicketImage,
    TicketMessage,
    Workshop,
)
from repairs_restorals.personal_data import tickets


def tickets_of(person: Person) -> list[ServiceTicket]:
    """All of them, also those that an account whose address is not checked does not see."""
    return list(ServiceTicket.objects.filter(customer=person.user or 0))


def under_way(person: Person) -> Iterator[str]:
    if is_of_shop(person, Workshop.get_solo().email):
        yield str(OF_SHOP)
    shown = {*tickets(person)}
    for ticket in tickets_of(person):
        if reason := why_needed(ticket):
            # Whoever has not shown that the address is theirs reads of no thing of another.
            yield reason if ticket in shown else _("A repair that we have written down for you.")


def why_needed(ticket: ServiceTicket) -> str:
    """Why we must know whose a ticket is, in words; "" when nobody need."""
    if ticket.ended_at is None:
        return str(ticket)
    if out := ticket.loans.out().select_related("piece__item"):
        return _("%(ticket)s: we have lent you %(things)s.") % {
            "ticket": ticket,
            "things": ", ".join(map(str, out)),
        }
    last = last_of(ticket)
    return _("%s: your thing is still here.") % ticket if last and last.place else ""


def erase(person: Person) -> None:
    mine = [ticket for ticket in tickets_of(person) if not why_needed(ticket)]
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
