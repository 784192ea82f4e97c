"""Tickets: filing, changing, moving on. Every change locks the ticket and is recorded."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.locking import lock_owner
from accounts.models import User
from accounts.secrets import new_secret
from repairs_restorals.custody import follow_status
from repairs_restorals.exceptions import NotEditable, TicketClosed
from repairs_restorals.mail import notify_customer, notify_workshop
from repairs_restorals.models import (
    Quote,
    ServiceTicket,
    Status,
    TicketEvent,
    TicketImage,
    TicketMessage,
    Workshop,
)
from repairs_restorals.models.status import NOT_BY_HAND
from repairs_restorals.photos import StoredPhoto, attach
from repairs_restorals.repair_forms import check_not_bound
from repairs_restorals.signals import enclosed, ticket_transitioned
from repairs_restorals.writing import sending_of
from store.exceptions import TransitionNotAllowed
from store.versions import check_version
from typed.languages import speaking

Kind = TicketEvent.Kind
# A quote that nobody has answered ends with these.
ENDS_QUOTES = {Status.ASSESSING, Status.CANCELLED}
# Of these the customer hears by mail; of the others only when there is a word with it.
NOTIFIED = {Status.ASSESSING, Status.IN_PROGRESS, Status.READY, Status.CANCELLED}


def lock_ticket(ticket_id: int) -> ServiceTicket:
    """Lock a ticket's row: who changes anything of a ticket comes by here."""
    return ServiceTicket.objects.select_for_update().get(pk=ticket_id)


def file_ticket(
    *,
    ticket: ServiceTicket,
    photos: Sequence[StoredPhoto] = (),
    site: str,
    actor: User | None = None,
) -> ServiceTicket:
    """Write a ticket that is filled in, with its photos; return it, or the same one filed before.

    `actor` is who takes it in at the counter; without, it is the customer.

    A ticket is known by its `idempotency_key`: a second click finds what the first has filed,
    and its photos are thrown away. `site` is where links in mails lead. Raises AccountGone.
    """
    try:
        with transaction.atomic():
            ticket.customer = lock_owner(ticket.customer)
            ticket.assignee = ticket.assignee or Workshop.get_solo().default_assignee
            ticket.status = Status.SUBMITTED
            if actor:
                # The page was one of staff.
                ticket.language = ticket.customer.language
            ticket.save(force_insert=True)
            ticket.record_event(Kind.FILED, actor=actor or ticket.customer)
            attach(ticket, photos, actor=actor or ticket.customer)
            notify_customer(ticket, "filed", site)
            notify_workshop(ticket, "filed", site)
    except IntegrityError:
        # A key from the counter names who has typed it: nobody else's is the same.
        mine = {} if actor else {"customer": ticket.customer}
        filed = ServiceTicket.objects.filter(**mine)
        if same := filed.filter(idempotency_key=ticket.idempotency_key).first():
            return same
        raise
    return ticket


@transaction.atomic
def edit_ticket(*, ticket_id: int, values: dict[str, Any], actor: User) -> ServiceTicket:
    """Change what was filed. Raises NotEditable once the workshop has begun with it."""
    ticket = lock_ticket(ticket_id)
    if not ticket.is_editable:
        raise NotEditable
    for field, value in values.items():
        setattr(ticket, field, value)
    ticket.save(update_fields=[*values])
    ticket.record_event(Kind.EDITED, actor=actor)
    return ticket


@transaction.atomic
def correct_ticket(*, ticket_id: int, values: dict[str, Any], actor: User) -> ServiceTicket:
    """Staff set right what a ticket is about. Raises TicketClosed."""
    ticket = lock_ticket(ticket_id)
    check_open(ticket)
    for field, value in values.items():
        setattr(ticket, field, value)
    ticket.save(update_fields=[*values])
    ticket.record_event(Kind.EDITED, actor=actor)
    touch(ticket)
    return ticket


@transaction.atomic
def transition_ticket(
    *,
    ticket_id: int,
    to: Status,
    actor: User | None,
    site: str,
    note: str = "",
    version: str = "",
) -> ServiceTicket:
    """Make a transition of the table by hand, record it and tell the customer.

    Raises TransitionNotAllowed, VersionChanged, BoundByForm, and WorkRefused when somebody else in
    the house says no.

    What a quote and its answer do to a ticket nobody does by hand. `version` is the status
    that whoever moves it has seen: a ticket that has moved on since stays where it is.
    """
    ticket = lock_ticket(ticket_id)
    if version:
        check_version(ticket, version, words=ticket.moved_on)
    if to in NOT_BY_HAND:
        raise TransitionNotAllowed(ticket, to)
    if to in ENDS_QUOTES:
        check_not_bound(ticket)
    transition(ticket, to, actor=actor, note=note)
    enclosure = enclosed(
        ticket_transitioned.send(sender=ServiceTicket, ticket=ticket, to=to, actor=actor, site=site)
    )
    if to in NOTIFIED or note or enclosure.words:
        notify_customer(ticket, "moved", site, note=note, enclosure=enclosure)
    return ticket


def transition(ticket: ServiceTicket, to: Status, *, actor: User | None, note: str = "") -> None:
    """Move a locked ticket on. A quote that nobody has answered ends with the ticket."""
    ticket.check_transition(to)
    ticket.status = to
    ticket.touched_at = Now()
    if to in {Status.READY, Status.CANCELLED}:
        ticket.parts_awaited_since = ticket.parts_expected_on = None
    ticket.save(update_fields=["status", "touched_at", "parts_awaited_since", "parts_expected_on"])
    ticket.refresh_from_db(fields=["touched_at"])
    ticket.record_event(Kind.TRANSITION, actor=actor, status=to, note=note)
    follow_status(ticket, to, actor)
    if to in ENDS_QUOTES:
        ticket.quotes.filter(state=Quote.State.SENT).update(state=Quote.State.VOID)


def slip_of(ticket: ServiceTicket) -> TicketEvent | None:
    """That a ticket was collected, while that may be undone: within the day."""
    if ticket.status != Status.COLLECTED:
        return None
    event = ticket.events.filter(kind=Kind.TRANSITION).order_by("pk").last()
    is_fresh = event and event.at > timezone.now() - timedelta(days=1)
    return event if is_fresh and event and event.status == Status.COLLECTED else None


@transaction.atomic
def undo_collected(*, ticket_id: int, actor: User) -> ServiceTicket:
    """Undo a slip of the finger; nobody was mailed of it. Raises TransitionNotAllowed."""
    ticket = lock_ticket(ticket_id)
    if slip_of(ticket) is None:
        raise TransitionNotAllowed(ticket, Status.READY)
    ticket.status, ticket.touched_at = Status.READY, Now()
    ticket.save(update_fields=["status", "touched_at"])
    with speaking(ticket.language):
        note = _("It was marked as collected by mistake.")
    ticket.record_event(Kind.TRANSITION, actor=actor, status=Status.READY, note=note)
    follow_status(ticket, Status.READY, actor)
    return ticket


@transaction.atomic
def cancel_ticket(*, ticket_id: int, actor: User, site: str, reason: str = "") -> ServiceTicket:
    """The customer takes a ticket back. Raises TransitionNotAllowed once something is agreed."""
    ticket = lock_ticket(ticket_id)
    if not ticket.is_cancellable:
        raise TransitionNotAllowed(ticket, Status.CANCELLED)
    transition(ticket, Status.CANCELLED, actor=actor, note=reason)
    notify_workshop(ticket, "cancelled", site, note=reason)
    return ticket


@transaction.atomic
def write_message(
    *,
    ticket_id: int,
    author: User,
    body: str,
    site: str,
    photos: Sequence[StoredPhoto] = (),
    from_workshop: bool = False,
    internal: bool = False,
    key: str = "",
) -> TicketMessage:
    """Write to each other, with photos; what is internal no customer ever sees or hears of.

    A second click has the same `key`, and finds what the first has written. Raises TicketClosed;
    of a ticket that was merged, its `merged_into` takes what is written.
    """
    ticket = lock_ticket(ticket_id)
    sending = sending_of(ticket, author, key)
    if sending and (same := TicketMessage.objects.filter(idempotency_key=sending).first()):
        return same
    check_open(ticket)
    message = TicketMessage.objects.create(
        ticket=ticket,
        author=author,
        body=body,
        from_workshop=from_workshop,
        internal=internal,
        idempotency_key=sending,
    )
    stage = TicketImage.Stage.PROGRESS if from_workshop else TicketImage.Stage.BEFORE
    attach(ticket, photos, actor=author, message=message, stage=stage)
    if from_workshop:
        touch(ticket)
    if from_workshop and not internal:
        notify_customer(ticket, "message", site, message=message)
    elif not from_workshop:
        notify_workshop(ticket, "message", site, message=message)
    return message


@transaction.atomic
def add_photos(
    *,
    ticket_id: int,
    photos: Sequence[StoredPhoto],
    actor: User,
    stage: str = TicketImage.Stage.BEFORE,
    caption: str = "",
) -> list[TicketImage]:
    """Add photos to an open ticket. Raises TicketClosed."""
    ticket = lock_ticket(ticket_id)
    check_open(ticket)
    images = attach(ticket, photos, actor=actor, stage=stage, caption=caption)
    if images:
        ticket.record_event(Kind.PHOTOS, actor=actor, note=str(len(images)))
    if actor.pk != ticket.customer_id:
        touch(ticket)
    return images


def check_open(ticket: ServiceTicket) -> None:
    if not ticket.is_open:
        raise TicketClosed


def touch(ticket: ServiceTicket) -> None:
    ServiceTicket.objects.filter(pk=ticket.pk).update(touched_at=Now())


@transaction.atomic
def assign_ticket(
    *, ticket_id: int, assignee: User | None, due_on: date | None, actor: User
) -> ServiceTicket:
    """Say who works on a ticket and until when; each change is recorded, customers see neither."""
    ticket = lock_ticket(ticket_id)
    if ticket.assignee != assignee:
        ticket.record_event(Kind.ASSIGNED, actor=actor, note=assignee.name if assignee else "–")
    if ticket.due_on != due_on:
        ticket.record_event(Kind.DUE, actor=actor, note=due_on.isoformat() if due_on else "–")
    ticket.assignee, ticket.due_on, ticket.touched_at = assignee, due_on, Now()
    ticket.save(update_fields=["assignee", "due_on", "touched_at"])
    ticket.refresh_from_db(fields=["touched_at"])
    return ticket


@transaction.atomic
def renew_status_link(*, ticket_id: int, actor: User, revoke: bool = False) -> ServiceTicket:
    """Make the links in earlier mails lead nowhere; `revoke` leaves the ticket without any."""
    ticket = lock_ticket(ticket_id)
    ticket.status_secret = None if revoke else new_secret()
    # No link opens it any more that was made before, be it the first one.
    ticket.first_link = None
    ticket.save(update_fields=["status_secret", "first_link"])
    ticket.record_event(Kind.LINK, actor=actor)
    return ticket
