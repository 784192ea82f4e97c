"""The life of a piece as staff read it, the latest first."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from store.models import Order, Piece, PieceEvent

Kind = PieceEvent.Kind
# More are on a page of their own.
MAX_EVENTS_SHOWN = 50
BY_SHOPPERS = {Kind.HELD, Kind.RENEWED, Kind.RELEASED, Kind.ORDERED}
BY_ITSELF = {Kind.LAPSED, Kind.OFFERED}
LASTING = {Kind.HELD, Kind.RENEWED, Kind.OFFERED, Kind.RESERVED, Kind.EXTENDED}
OF_ORDERS = {Kind.ORDERED, Kind.CANCELLED, Kind.SOLD, Kind.RETURNED}


class Row(NamedTuple):
    at: datetime
    what: str
    who: SafeString | str
    until: datetime | None
    note: SafeString | str


class Timeline(NamedTuple):
    rows: list[Row]
    piece: Piece
    has_more: bool


def latest_events(piece: Piece, *, with_purchases: bool) -> Timeline:
    """The latest events of a piece, and whether there are more."""
    found = events_of(piece, with_purchases=with_purchases)
    events = list(found[: MAX_EVENTS_SHOWN + 1])
    return Timeline(
        rows_of(events[:MAX_EVENTS_SHOWN]), piece, has_more=len(events) > MAX_EVENTS_SHOWN
    )


def events_of(piece: Piece, *, with_purchases: bool) -> QuerySet[PieceEvent]:
    """By number, not by time: a transaction that had to wait carries the time it began at."""
    events = PieceEvent.objects.filter(piece=piece.pk).select_related("actor").order_by("-pk")
    return events if with_purchases else events.exclude(kind=Kind.CORRECTED)


def rows_of(events: Iterable[PieceEvent]) -> list[Row]:
    found = list(events)
    orders = orders_in(found)
    return [
        Row(
            at=event.at,
            what=event.get_kind_display(),
            who=who(event),
            until=event.until if event.kind in LASTING else None,
            note=orders.get(event.note, event.note),
        )
        for event in found
    ]


def who(event: PieceEvent) -> SafeString | str:
    if event.actor:
        return person(event.actor)
    if event.kind in BY_SHOPPERS:
        return _("a visitor")
    return _("by itself") if event.kind in BY_ITSELF else "–"


def person(user: User) -> SafeString:
    """Name and address of somebody with an account, as a link to it."""
    address = reverse("admin:accounts_user_change", args=[user.pk])
    named = f"{user.name} ({user.email})" if user.email else user.name
    return format_html('<a href="{}">{}</a>', address, named)


def orders_in(events: Iterable[PieceEvent]) -> dict[str, SafeString]:
    """Links to the orders that these events name, by the orders' names."""
    named = {event.piece_id for event in events if event.kind in OF_ORDERS}
    orders = Order.objects.filter(lines__piece__in=named).only("pk") if named else []
    return {str(order): order_link(order) for order in orders}


def order_link(order: Order) -> SafeString:
    address = reverse("admin:store_order_change", args=[order.pk])
    return format_html('<a href="{}">{}</a>', address, order)
