"""Making one ticket of several that are about the same thing."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from repairs_restorals.exceptions import SeenByOthers
from repairs_restorals.mail import notify_customer
from repairs_restorals.models import (
    BeforeAfter,
    Custody,
    Loan,
    ServiceTicket,
    Status,
    Task,
    TicketEvent,
    TicketImage,
    TicketMessage,
)
from repairs_restorals.repair_forms import check_not_bound
from repairs_restorals.services import check_open, touch, transition
from store.exceptions import TransitionNotAllowed
from typed.languages import speaking


def check_seen_alike(kept: ServiceTicket, other: ServiceTicket) -> None:
    """Raise SeenByOthers where one ticket's words would come before a stranger's eyes."""
    owner = kept.customer
    if owner.is_strangers and kept.is_of(owner) != other.is_of(owner):
        raise SeenByOthers


@transaction.atomic
def merge_tickets(*, into: int, others: Iterable[int], actor: User, site: str) -> ServiceTicket:
    """Bring what was said and shown in duplicates into one ticket, and cancel the duplicates.

    All belong to the same customer, who is told. Raises TransitionNotAllowed for one with which
    work has begun, TicketClosed when the one to keep is closed, and SeenByOthers.
    """
    numbers = sorted({into, *others})
    locked = ServiceTicket.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    found = {ticket.pk: ticket for ticket in locked}
    kept = found.pop(into)
    check_open(kept)
    for other in found.values():
        if other.customer_id != kept.customer_id or not other.is_cancellable:
            raise TransitionNotAllowed(other, Status.CANCELLED)
        check_seen_alike(kept, other)
        check_not_bound(other)
        TicketMessage.objects.filter(ticket=other).update(ticket=kept)
        TicketImage.objects.filter(ticket=other).update(ticket=kept)
        Task.objects.filter(ticket=other).update(ticket=kept)
        Custody.objects.filter(ticket=other).update(ticket=kept)
        Loan.objects.filter(ticket=other).update(ticket=kept)
        BeforeAfter.objects.filter(ticket=other).update(ticket=kept)
        with speaking(other.language):
            merged = _("merged into %s") % kept.reference
        transition(other, Status.CANCELLED, actor=actor, note=merged)
        ServiceTicket.objects.filter(pk=other.pk).update(merged_into=kept)
        kept.record_event(TicketEvent.Kind.MERGED, actor=actor, note=other.reference)
        note = f"{other.reference}: {other.description}"
        TicketMessage.objects.create(
            ticket=kept, author=other.customer, body=note[:5000], at=other.created_at
        )
    touch(kept)
    notify_customer(kept, "merged", site, others=list(found.values()))
    return kept
