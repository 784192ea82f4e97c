"""Deleted things are in the bin for 30 days, where they can be put back as they were.

In the bin a thing is not published, and its pieces that were on sale are withdrawn at the very
moment at which it was put there; so nothing that sells has to know of the bin.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import Now

from accounts.models import User
from store.exceptions import PiecesInUse
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, Item, ItemQuerySet, Piece, PieceQuerySet
from store.models.bin import IN_BIN_FOR, NOT_IN_BIN
from store.pieces import delete_items
from store.services import index_items, lock_items

ITEMS_PER_ROUND = 100
USED = Exists(Piece.objects.filter(item=OuterRef("pk")).in_use())


@transaction.atomic
def bin_items(items: Iterable[Item], *, actor: User | None) -> list[int]:
    """Put things into the bin, or raise PiecesInUse and put none there; return which.

    Refused are those of which somebody has been promised a piece. What was sold stays in the bin
    for good: orders, tickets and the books know it.
    """
    keys = [item.pk for item in items]
    lock_items(keys)
    chosen = Item.objects.filter(pk__in=keys)
    pieces = Piece.objects.filter(item__in=keys)
    if promised := list(pieces.promised().with_state().with_lent().select_related("order")):
        raise PiecesInUse(promised)
    found = dict(chosen.values_list("pk", Now()))
    if now := max(found.values(), default=None):
        withdraw(pieces.on_sale().filter(item__in=found), now, actor)
        chosen.update(
            published_before=F("published"),
            published=False,
            binned_at=now,
            binned_by=actor,
            bin_until=Case(When(USED, then=None), default=Value(now + IN_BIN_FOR)),
            updated_at=Now(),
        )
    return [*found]


def withdraw(pieces: PieceQuerySet, at: datetime, actor: User | None) -> None:
    """Withdraw pieces at the very moment by which `put_back` knows them again."""
    chosen = pieces.lock()
    record_lapsed(lock_lapsed(chosen))
    record_events(chosen, Kind.WITHDRAWN, actor=actor)
    chosen.update(withdrawn_at=at, **NO_HOLD)


@transaction.atomic
def put_back(items: Iterable[Item], *, actor: User | None) -> int:
    """Take things out of the bin, published and on sale as they were; return how many."""
    keys = [item.pk for item in items]
    lock_items(keys)
    chosen = in_bin().filter(pk__in=keys)
    with_it = Piece.objects.filter(
        item__in=chosen, withdrawn_at=F("item__binned_at"), for_loan_since=None
    )
    pieces = Piece.objects.filter(pk__in=list(with_it.values_list("pk", flat=True))).lock()
    record_events(pieces, Kind.RETURNED, actor=actor)
    pieces.update(withdrawn_at=None)
    count = chosen.update(published=F("published_before"), updated_at=Now(), **NOT_IN_BIN)
    index_items(keys)
    return count


def in_bin() -> ItemQuerySet:
    return Item.with_bin.filter(binned_at__isnull=False)


def empty_bin() -> int:
    """Remove for good what was in the bin for its time; return how many. A timer job."""
    over = in_bin().filter(bin_until__lte=Now())
    keys = over.order_by("bin_until", "pk").values_list("pk", flat=True)
    return sum(remove(over.filter(pk=pk)) for pk in list(keys[:ITEMS_PER_ROUND]))


@transaction.atomic
def remove(over: ItemQuerySet) -> bool:
    """Remove the one thing that is over, unless another process does, or it was put back."""
    found = list(over.select_for_update(skip_locked=True))
    try:
        with transaction.atomic():
            delete_items(found)
    except PiecesInUse:
        # Something knows it that did not when it was deleted: it stays, and is not tried again.
        over.update(bin_until=None)
        return False
    return bool(found)
