"""What a customer sees of a ticket, fetched in a handful of queries."""

from django.db.models import Prefetch

from repairs_restorals.models import (
    Quote,
    TicketEvent,
    TicketImage,
    TicketMessage,
    TicketQuerySet,
)


def with_story(tickets: TicketQuerySet) -> TicketQuerySet:
    """Prefetch what is public of tickets: `photos`, `talk`, `offers` (newest first) and `history`.

    What is internal is not fetched at all, so that no template can show it.
    """
    photos = TicketImage.objects.public()
    talk = TicketMessage.objects.public().select_related("author").prefetch_related("images")
    offers = Quote.objects.shown().prefetch_related("lines").order_by("-version")
    history = TicketEvent.objects.filter(kind__in=TicketEvent.PUBLIC)
    return tickets.select_related("category", "piece__item").prefetch_related(
        Prefetch("images", photos, to_attr="photos"),
        Prefetch("messages", talk, to_attr="talk"),
        Prefetch("quotes", offers, to_attr="offers"),
        Prefetch("events", history, to_attr="history"),
        "invoice__lines",
    )
