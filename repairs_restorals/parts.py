"""Tickets that wait for parts. The customer reads of it on the ticket; no mail goes."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.formats import date_format

from accounts.models import User
from repairs_restorals.exceptions import NotInWork
from repairs_restorals.models import ServiceTicket, TicketEvent
from repairs_restorals.services import lock_ticket, touch

COLUMNS = ["parts_awaited_since", "parts_expected_on"]


@transaction.atomic
def wait_for_parts(*, ticket_id: int, expected_on: date | None, actor: User) -> ServiceTicket:
    """Say that parts are to come, or on which other day. Raises NotInWork."""
    ticket = lock_ticket(ticket_id)
    if not ticket.may_wait_for_parts:
        raise NotInWork
    if ticket.waits_for_parts and ticket.parts_expected_on == expected_on:
        return ticket
    ServiceTicket.objects.filter(pk=ticket.pk).update(
        parts_awaited_since=Coalesce(F("parts_awaited_since"), Now()), parts_expected_on=expected_on
    )
    note = date_format(expected_on) if expected_on else ""
    ticket.record_event(TicketEvent.Kind.PARTS, actor=actor, note=note)
    touch(ticket)
    ticket.refresh_from_db(fields=COLUMNS)
    return ticket


@transaction.atomic
def parts_arrived(*, ticket_id: int, actor: User) -> ServiceTicket:
    """The parts are here, or nobody waits for them. Once more does nothing."""
    ticket = lock_ticket(ticket_id)
    if ticket.waits_for_parts:
        ticket.parts_awaited_since = ticket.parts_expected_on = None
        ticket.save(update_fields=COLUMNS)
        ticket.record_event(TicketEvent.Kind.PARTS_HERE, actor=actor)
        touch(ticket)
    return ticket
