"""Of tickets that are over stays what was agreed and done for how much; words and photos go."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.erasing import (
    ERASERS,
    OF_SHOP,
    Eraser,
    hide_in_admin_log,
    is_of_shop,
)
from accounts.models import ERASED
from accounts.personal_data import Person
from accounts.secrets import new_secret
from repairs_restorals.custody import last_of
from repairs_restorals.models import (
    Custody,
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
    forget_tickets([ticket.pk for ticket in tickets_of(person) if not why_needed(ticket)])


def forget_tickets(keys: list[int], *, but_photos: Sequence[int] = ()) -> None:
    """All words and photos, but those photos that others may go on seeing."""
    kept = TicketImage.objects.filter(pk__in=but_photos)
    kept.update(message=None, added_by=None, caption="")
    # Their files go with them.
    TicketImage.objects.filter(ticket__in=keys).exclude(pk__in=but_photos).delete()
    forget_messages(TicketMessage.objects.filter(ticket__in=keys))
    Task.objects.filter(ticket__in=keys).delete()
    RepairForm.objects.filter(quote__ticket__in=keys).delete()
    TicketEvent.objects.filter(ticket__in=keys).update(note="")
    # An empty one says that the thing has left.
    Custody.objects.filter(ticket__in=keys).exclude(place="").update(place=ERASED)
    for quote in Quote.objects.filter(ticket__in=keys).values_list("pk", flat=True):
        # Nobody gets in by a link of before.
        new = {"secret": new_secret(), "first_link": None}
        Quote.objects.filter(pk=quote).update(intro="", reason="", decided_from="", **new)
    words = dict.fromkeys(["description", "serial_number", "condition", "material_links"], "")
    rows = ServiceTicket.objects.filter(pk__in=keys)
    rows.update(**words, title=ERASED, status_secret=None, first_link=None)
    hide_in_admin_log(ServiceTicket, keys)


def forget_messages(messages: QuerySet[TicketMessage]) -> None:
    """Words go, and photos that came with them."""
    hide_in_admin_log(TicketMessage, list(messages.values_list("pk", flat=True)))
    messages.delete()


ERASERS.append(Eraser(under_way, erase))
