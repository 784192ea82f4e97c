"""What of the workshop is kept about somebody, with the photos."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.personal_data import NOT_PERSONAL, SOURCES, Person, Source, StoredFile
from repairs_restorals.models import (
    BeforeAfter,
    Custody,
    Loan,
    Quote,
    QuoteLine,
    RepairForm,
    ServiceTicket,
    TicketEvent,
    TicketImage,
    TicketMessage,
)
from repairs_restorals.models.photos import private_storage


def tickets(person: Person) -> QuerySet[ServiceTicket]:
    if person.user is None:
        return ServiceTicket.objects.none()
    if not person.user.is_active:
        # Their mailbox was reached; see `accounts.personal_data.person_at`.
        return ServiceTicket.objects.filter(customer=person.user)
    return ServiceTicket.objects.for_customer(person.user)


def of_tickets(rows: Any) -> Any:
    return lambda person: rows().filter(ticket__in=tickets(person)).select_related("ticket")


def quotes(person: Person) -> QuerySet[Quote]:
    return Quote.objects.shown().filter(ticket__in=tickets(person))


def photo_files(photo: TicketImage) -> Iterator[StoredFile]:
    name = f"photos/{photo.ticket.reference}-{photo.pk}.jpg"
    yield StoredFile(private_storage(), photo.stored("large"), name)


SOURCES.extend(
    [
        Source(
            ServiceTicket,
            lambda person: tickets(person).select_related("category", "piece"),
            [
                *("reference", "created_at", "title", "description", "kind", "serial_number"),
                *("category", "piece"),
                *("condition", "material_links", "go_ahead_limit", "begin_wished", "needed_by"),
                *("status", "due_on"),
            ],
        ),
        Source(
            TicketEvent,
            of_tickets(lambda: TicketEvent.objects.filter(kind__in=TicketEvent.PUBLIC)),
            ["ticket", "at", "summary"],
        ),
        Source(
            TicketMessage,
            of_tickets(lambda: TicketMessage.objects.filter(internal=False)),
            ["ticket", "at", "from_workshop", "body"],
        ),
        Source(
            TicketImage,
            of_tickets(TicketImage.objects.public),
            ["ticket", "at", "caption", "stage", "width", "height"],
            photo_files,
        ),
        Source(
            BeforeAfter,
            of_tickets(BeforeAfter.objects.all),
            ["ticket", "caption", "recorded_at", "shown", "taken_back_at"],
        ),
        Source(
            # Where it is, and how consent was given, staff have noted in words of their own.
            Custody,
            of_tickets(Custody.objects.all),
            ["ticket", "at", "value", "currency"],
        ),
        Source(Loan, of_tickets(Loan.objects.all), ["ticket", "lent_at", "due_on", "returned_at"]),
        Source(
            Quote,
            of_tickets(Quote.objects.shown),
            [
                *("ticket", "version", "state", "intro", "deposit", "valid_until", "sent_at"),
                *("decided_at", "reason", "begin_wished_at", "withdrawal_told_at", "currency"),
            ],
        ),
        Source(
            QuoteLine,
            lambda person: QuoteLine.objects.filter(quote__in=quotes(person)).select_related(
                "quote__ticket"
            ),
            ["quote", "description", "quantity", "price", "tax_rate"],
        ),
        Source(
            RepairForm,
            lambda person: RepairForm.objects.filter(quote__in=quotes(person)).select_related(
                "quote__ticket"
            ),
            ["quote", "given_at", "given"],
        ),
    ]
)
NOT_PERSONAL.update(
    {
        "repairs_restorals.Task": "what staff have still to do",
        "repairs_restorals.Workshop": "what the workshop says of itself",
    }
)
