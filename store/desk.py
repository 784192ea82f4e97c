"""What visitors want to know, and things as they are searched for, for the front desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from desk.finds import Find
from desk.rows import Row, Urgency
from money.filters import money
from store.models import Item, Order, Piece, Question

ROWS = [
    Row(
        name="questions",
        label=ngettext_lazy("question about a thing", "questions about things"),
        rows=lambda user: Question.objects.unanswered(),
        page="store_question_changelist",
        query="?answered=no",
        permissions=("store.change_question",),
        urgency=Urgency.SOMEBODY_WAITS,
        since="asked_at",
    ),
    Row(
        name="purchases-lacking",
        label=ngettext_lazy(
            "piece of the margin scheme of which nobody knows what it was bought for",
            "pieces of the margin scheme of which nobody knows what they were bought for",
        ),
        rows=lambda user: Piece.objects.lacking_price(),
        page="store_piece_changelist",
        query="?purchase=lacking",
        permissions=("store.change_piece",),
        urgency=Urgency.WORK,
    ),
    Row(
        name="countries-unknown",
        label=ngettext_lazy(
            "order to a country that we do not know", "orders to a country that we do not know"
        ),
        rows=lambda user: Order.objects.of_unknown_country(),
        page="store_order_changelist",
        query="?country=unknown",
        permissions=("store.change_order",),
        urgency=Urgency.WORK,
        since="placed_at",
    ),
    Row(
        name="photos-undescribed",
        label=ngettext_lazy(
            "thing with photos to be described", "things with photos to be described"
        ),
        rows=lambda user: Item.objects.to_be_described(),
        page="store_item_changelist",
        query="?photos=undescribed",
        permissions=("store.change_item",),
        urgency=Urgency.TO_FOLLOW_UP,
    ),
]


def fate(piece: Any) -> Any:
    return _("in the bin") if piece.item.binned_at else Piece.State(piece.state).label


def on_offer(item: Item) -> Any:
    return _("published") if item.published else _("not published")


FINDS = [
    Find(
        model=Item,
        label=_("Things"),
        state=on_offer,
        note=lambda item: f"{item.category} · {money(item.price)}",
        fetch=lambda items: items.select_related("category"),
    ),
    Find(
        model=Piece,
        label=_("Pieces"),
        state=fate,
        note=lambda piece: " · ".join(filter(None, [piece.item.title, piece.serial_number])),
        fetch=lambda pieces: pieces.with_state().select_related("item"),
    ),
]
