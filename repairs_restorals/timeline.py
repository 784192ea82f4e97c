"""What a customer sees of a ticket, fetched in a handful of queries."""

from django.db.models import Exists, OuterRef, Prefetch

from repairs_restorals.models import (
    Loan,
    Quote,
    TicketEvent,
    TicketImage,
    TicketMessage,
    TicketQuerySet,
)
from repairs_restorals.models.status import NOT_BY_HAND


def with_timeline(tickets: TicketQuerySet) -> TicketQuerySet:
    """Prefetch what is public of tickets.

    `photos` are those of the thing as it came, `work` those of the workshop, `conversation` the
    messages with theirs, `offers` the quotes, newest first, and `history` what happened, each
    thing once. `has_loans` says whether anything is lent meanwhile.
    What is internal is not fetched at all, so that no template can show it.
    """
    alone = TicketImage.objects.public().filter(message=None)
    photos = alone.filter(stage=TicketImage.Stage.BEFORE)
    work = alone.exclude(stage=TicketImage.Stage.BEFORE)
    messages = TicketMessage.objects.public().select_related("author").prefetch_related("images")
    offers = Quote.objects.shown().prefetch_related("lines").order_by("-version")
    # That a quote was sent or answered says that the ticket has moved on.
    doubled = {"kind": TicketEvent.Kind.TRANSITION, "status__in": NOT_BY_HAND}
    history = TicketEvent.objects.filter(kind__in=TicketEvent.PUBLIC).exclude(**doubled)
    lent = Exists(Loan.objects.out().filter(ticket=OuterRef("pk")))
    tickets = tickets.with_awaits().select_related("category", "piece__item")
    tickets = tickets.annotate(has_loans=lent)
    return tickets.prefetch_related(
        Prefetch("images", photos, to_attr="photos"),
        Prefetch("images", work, to_attr="work"),
        # Those of a merged ticket stand where they were said.
        Prefetch("messages", messages.order_by("at", "pk"), to_attr="conversation"),
        Prefetch("quotes", offers, to_attr="offers"),
        Prefetch("events", history, to_attr="history"),
    )
