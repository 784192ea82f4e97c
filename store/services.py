from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from accounts.models import User
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, Item, Order, Piece
from store.search.indexing import WRITTEN_BY, index_text
from store.search.vocabulary import note_words
from store.unconfirmed import bind_pieces, free_pieces

ITEMS_PER_UPDATE = 500
# What takes about a second.
ITEMS_PER_ROUND = 500
# Of a piece: when its thing was put into the bin; none for what is in the shop.
BINNED_AT = Subquery(Item.with_bin.filter(pk=OuterRef("item")).values("binned_at"))
# What a transition may change of an order.
WRITTEN = [
    "state",
    "paid_at",
    "owed_since",
    "taken_back_at",
    "cancelled_because",
    "tracking",
    "carrier",
    "is_unconfirmed",
]
# The version before knows of no such event, and would not show a page that has one.
UNKNOWN_BEFORE = {*Order.CAME_BACK, Order.Transition.CONFIRM}


@transaction.atomic
def index_items(item_ids: Iterable[int]) -> None:
    """Write the words by which items are found. Called whenever one of them may have changed."""
    items = Item.with_bin.filter(pk__in=list(item_ids)).select_related("category")
    changed = []
    for item in items.prefetch_related("pieces"):
        text = search_text(item, [piece.stock_number for piece in item.pieces.all()])
        if text != item.search_text:
            item.search_text = text
            changed.append(item)
    lock_items(item.pk for item in changed)
    Item.with_bin.bulk_update(changed, ["search_text"], batch_size=ITEMS_PER_UPDATE)
    note_words(item.search_text for item in changed)


def index_outdated() -> int:
    """Write the words of some things anew that a release before has written; return how many."""
    outdated = Item.with_bin.exclude(search_text__endswith=WRITTEN_BY)
    found = list(outdated.order_by("pk").values_list("pk", flat=True)[:ITEMS_PER_ROUND])
    index_items(found)
    return len(found)


def lock_items(item_ids: Iterable[int]) -> None:
    """Lock items before several of them, or pieces of them, are written in one transaction."""
    list(Item.with_bin.filter(pk__in=list(item_ids)).locked().values_list("pk", flat=True))


def search_text(item: Item, stock_numbers: Iterable[str]) -> str:
    """The words by which an item with pieces of these numbers is found, each once.

    What counts most stands first; see `store.search.with_relevance`.
    """
    texts = [
        *(item.title, " ".join(item.others("title").values()), item.maker),
        *(item.category.in_all_languages("name"), item.in_all_languages("materials")),
        item.in_all_languages("period"),
    ]
    return index_text(texts, stock_numbers, item.in_all_languages("description"))


@transaction.atomic
def transition_order(
    *,
    order_id: int,
    transition: Order.Transition,
    actor: User | None,
    tracking: str = "",
    carrier: str = "",
    because: Order.Ending | None = None,
    note: str = "",
) -> Order:
    """Do what `Order.TRANSITIONS` allows, or raise TransitionNotAllowed. It mails nobody.

    Paying sells the pieces; cancelling frees them, and `because` says why. A sold piece is never
    freed: an order that is paid cannot be cancelled. The `note` stands in its history.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    order.check_transition(transition)
    bind_pieces(order, transition)
    match transition:
        case Order.Transition.PAY:
            order.paid_at, order.owed_since = Now(), None
            record_events(
                order.pieces.filter(sold_at=None), Kind.SOLD, actor=actor, note=str(order)
            )
            order.pieces.filter(sold_at=None).update(sold_at=Now())
        case Order.Transition.READY:
            order.state = Order.State.READY
        case Order.Transition.SHIP:
            order.state = Order.State.SHIPPED
            order.tracking, order.carrier = tracking, carrier
        case Order.Transition.COLLECT:
            order.state = Order.State.COLLECTED
        case Order.Transition.OWE:
            order.owed_since = Now()
        case Order.Transition.TAKE_BACK:
            order.taken_back_at = Now()
        case Order.Transition.EMPTY:
            end_emptied(order, because or Order.Ending.RETURNED)
        case Order.Transition.CANCEL:
            order.state = Order.State.CANCELLED
            order.cancelled_because = because or Order.Ending.SHOP
            record_events(
                order.pieces.filter(sold_at=None), Kind.CANCELLED, actor=actor, note=str(order)
            )
            order.pieces.filter(sold_at=None).update(order=None)
            free_pieces(order, actor)
            order.is_unconfirmed = False
    order.save(update_fields=WRITTEN)
    shown = Order.Transition.CANCEL if order.state == Order.State.CANCELLED else transition
    if shown not in UNKNOWN_BEFORE:
        order.record_event(shown, actor, note or tracking)
    order.refresh_from_db()
    return order


def end_emptied(order: Order, because: Order.Ending) -> None:
    """Of an order everything came back: one that had not gone out is none any more."""
    if order.state not in {Order.State.OPEN, Order.State.READY}:
        order.taken_back_at = order.taken_back_at or Now()
        return
    order.state, order.paid_at, order.owed_since = Order.State.CANCELLED, None, None
    order.cancelled_because = because


@transaction.atomic
def restock_pieces(
    pieces: Iterable[Piece],
    *,
    order_id: int,
    actor: User | None = None,
    on_sale: bool = True,
    because: Order.Ending | None = None,
) -> int:
    """Put pieces of an order that are here again on sale, or else aside; return how many.

    Those of a thing in the bin go on sale with it, if it is ever put back.
    That they were sold stays in their history, in the order and on its invoice. An order that
    had not gone out ends as cancelled when nothing is left of it; `because` says why.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    found = list(pieces)
    lock_items({piece.item_id for piece in found})
    chosen = order.pieces.filter(pk__in=[piece.pk for piece in found]).lock()
    in_bin = chosen.filter(item__binned_at__isnull=False)
    aside = in_bin if on_sale else chosen
    record_events(aside, Kind.WITHDRAWN, actor=actor, note=str(order))
    if on_sale:
        again = chosen.filter(item__binned_at=None)
        record_events(again, Kind.RETURNED, actor=actor, note=str(order))
    withdrawn_at = BINNED_AT if on_sale else Now()
    count = chosen.update(order=None, sold_at=None, withdrawn_at=withdrawn_at)
    if count and not order.pieces.exists():
        empty = Order.Transition.EMPTY
        transition_order(order_id=order.pk, transition=empty, actor=actor, because=because)
    return count


@transaction.atomic
def withdraw_pieces(pieces: Iterable[Piece], *, actor: User | None = None) -> int:
    """Take available pieces out of the shop; return how many were still available."""
    found = list(pieces)
    lock_items({piece.item_id for piece in found})
    # Locked: one that is given back while this looks would leave the shop unrecorded.
    chosen = Piece.objects.available().filter(pk__in=[piece.pk for piece in found]).lock()
    record_lapsed(lock_lapsed(chosen))
    record_events(chosen, Kind.WITHDRAWN, actor=actor)
    return chosen.update(withdrawn_at=Now(), **NO_HOLD)


@transaction.atomic
def keep_for_loan(pieces: Iterable[Piece], *, actor: User | None = None) -> int:
    """Take pieces out of the shop for good, to be lent; return how many are loan items then."""
    found = [piece.pk for piece in pieces]
    withdraw_pieces(Piece.objects.filter(pk__in=found), actor=actor)
    aside = Piece.objects.filter(pk__in=found, withdrawn_at__isnull=False)
    return aside.filter(for_loan_since=None).update(for_loan_since=Now())


@transaction.atomic
def lend_no_more(pieces: Iterable[Piece]) -> int:
    """Make ordinary pieces of loan items; they stay out of the shop. Return how many.

    Not those that are lent, which whoever has them brings back first.
    """
    found = list(pieces)
    lock_items({piece.item_id for piece in found})
    chosen = Piece.objects.filter(pk__in=[piece.pk for piece in found])
    here = chosen.exclude(pk__in=chosen.lent().values("pk"))
    return here.filter(for_loan_since__isnull=False).update(for_loan_since=None)


@transaction.atomic
def return_pieces(pieces: Iterable[Piece], *, actor: User | None = None) -> int:
    """Put withdrawn pieces back on sale; return how many.

    Not those of things in the bin, nor loan items.
    """
    found = list(pieces)
    lock_items({piece.item_id for piece in found})
    withdrawn = Piece.objects.filter(
        withdrawn_at__isnull=False, item__binned_at=None, for_loan_since=None
    )
    chosen = withdrawn.filter(pk__in=[piece.pk for piece in found])
    record_events(chosen, Kind.RETURNED, actor=actor)
    return chosen.update(withdrawn_at=None)
