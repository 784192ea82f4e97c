"""What the till finds: pieces that may be sold, and tickets of which something is to be paid."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from invoices.models import Invoice
from money.currency import shop_currency
from store.models import Item, Piece, PieceEvent, PieceQuerySet
from store.search import matching
from typed.references import number_in

MOST = 20
# What a label's code says, as a scanner types it.
LABEL = re.compile(r"\S*/p/(\d{1,18})/?")


class Found(NamedTuple):
    pieces: list[Piece]
    # Invoices of tickets; each has something `due_now`.
    invoices: list[Invoice]
    # Those in another currency, of before the shop's was changed.
    elsewhere: list[Invoice]


NOTHING = Found([], [], [])


def find(text: str) -> Found:
    """By the words of a thing, its stock number, a ticket's reference, or who brought it."""
    text = text.strip()
    if not text:
        return NOTHING
    here = with_items().on_sale()
    pieces = here.filter(stock_number__iexact=text) or here.filter(
        item__in=matching(Item.objects.all(), text)
    )
    return Found(list(pieces.order_by("item__title", "pk")[:MOST]), *by_currency(tickets(text)))


def by_currency(invoices: Iterable[Invoice]) -> tuple[list[Invoice], list[Invoice]]:
    """Those in the shop's currency, and the others: no sum of both is in any currency."""
    here: list[Invoice] = []
    elsewhere: list[Invoice] = []
    for invoice in invoices:
        (here if invoice.currency == shop_currency() else elsewhere).append(invoice)
    return here, elsewhere


def scanned_piece(text: str) -> Piece | None:
    """The one piece whose label or stock number was typed, as a scanner does it."""
    if label := LABEL.fullmatch(text):
        return Piece.objects.filter(pk=int(label[1])).first()
    return Piece.objects.on_sale().filter(stock_number__iexact=text).first() if text else None


def with_items() -> PieceQuerySet:
    """Whatever their state, which they have with them, and why they are `reserved`, if they are."""
    kept = PieceEvent.objects.filter(piece=OuterRef("pk"), kind=PieceEvent.Kind.RESERVED)
    pieces = Piece.objects.with_state().select_related("item", "order", "held_for")
    return pieces.annotate(reason=Subquery(kept.order_by("-pk").values("note")[:1]))


def tickets(text: str) -> list[Invoice]:
    asked = Q(ticket__title__icontains=text) | Q(ticket__customer__name__icontains=text)
    asked |= Q(ticket__customer__email__iexact=text)
    number = number_in(text, "W")
    if number is not None:
        asked = Q(ticket=number) if text[:1] in "Ww" else asked | Q(ticket=number)
    found = Invoice.objects.with_parts().filter(asked, ticket__isnull=False).order_by("-pk")
    return [invoice for invoice in found[:MOST] if invoice.due_now]
