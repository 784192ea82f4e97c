from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min
from django.db.models.functions import Least, Now

from bag.exceptions import NotEnoughFree
from store.models import Item, Piece, PieceQuerySet
from store.statements import Change, Statement

# A hold is never longer than the first one and ten renewals.
LONGEST_HOLD = 11
NO_HOLD: dict[str, None] = {"held_by": None, "held_since": None, "held_until": None}
SWEEP = 1000
FREE = Piece.objects.free()
FREE_PIECES = Statement(
    lambda item: FREE.filter(item=item).order_by("pk").values_list("pk"), item=-1
)
LOCKED_ITEM = Statement(
    lambda pk: Item.objects.published().select_for_update().filter(pk=pk).values_list("title"),
    pk=-1,
)

HOLD = Change(
    lambda piece, bag_key: (FREE.filter(pk=piece), new_hold(bag_key)), piece=-1, bag_key="bag key"
)


def new_hold(bag_key: str) -> dict[str, Any]:
    return {"held_by": bag_key, "held_since": Now(), "held_until": Now() + settings.HOLD_FOR}


@transaction.atomic
def hold_pieces(*, item_id: int, quantity: int, bag_key: str) -> str:
    """Hold `quantity` more pieces of a published item for a bag and return its title.

    Shoppers after the same item queue at its row. The UPDATE asks once more for
    free pieces, so that even code which forgets the lock cannot take one twice.
    Raises NotEnoughFree, or Item.DoesNotExist for an item that is not in the shop.
    """
    titles = LOCKED_ITEM.tuples(pk=item_id)
    if not titles:
        raise Item.DoesNotExist
    chosen = FREE_PIECES.tuples(item=item_id)[:quantity]
    taken = sum(HOLD.make(piece=piece, bag_key=bag_key) for (piece,) in chosen)
    if taken < quantity:
        others = Piece.objects.held().filter(item=item_id).exclude(held_by=bag_key)
        ends = others.aggregate(first=Min("held_until"))
        raise NotEnoughFree(item_id=item_id, left=len(chosen), free_again_at=ends["first"])
    return str(titles[0][0])


@transaction.atomic
def renew_holds(*, bag_key: str) -> int:
    """Start the hold time of a bag's pieces anew; return how many could be prolonged.

    Ten renewals at most: no hold outlives eleven times the hold time. What has lapsed
    is not revived; it must be taken again, in turn with everybody else.
    """
    limit = F("held_since") + LONGEST_HOLD * settings.HOLD_FOR
    renewed = Least(Now() + settings.HOLD_FOR, limit)
    pieces = lock_held(bag_key=bag_key)
    return pieces.filter(held_until__lt=renewed).update(held_until=renewed)


@transaction.atomic
def release_holds(*, bag_key: str, item_id: int | None = None, quantity: int | None = None) -> int:
    """Give pieces in a bag back to the shop; return how many.

    All of them, or those of one item, or so many of that item, the latest taken first.
    """
    pieces = lock_held(bag_key=bag_key)
    if item_id is not None:
        pieces = pieces.filter(item=item_id)
    if quantity is not None:
        latest = pieces.order_by("-held_since", "-pk").values_list("pk", flat=True)
        pieces = pieces.filter(pk__in=list(latest[:quantity]))
    return pieces.update(**NO_HOLD)


def lock_held(*, bag_key: str) -> PieceQuerySet:
    """Lock the pieces in a bag and return a queryset that asks again whether they still are."""
    held = Piece.objects.held_by(bag_key)
    locked = list(held.locked().values_list("pk", flat=True))
    return held.filter(pk__in=locked)


def release_lapsed_holds() -> int:
    """Tidy holds that have run out; return how many.

    Short transactions, and rows that another process is tidying are passed over, so
    that any number of processes may do this at once.
    """
    total = 0
    while released := release_some_lapsed_holds():
        total += released
    return total


@transaction.atomic
def release_some_lapsed_holds() -> int:
    lapsed = Piece.objects.lapsed().order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        lapsed = lapsed.select_for_update(skip_locked=True)
    chosen = list(lapsed.values_list("pk", flat=True)[:SWEEP])
    return Piece.objects.lapsed().filter(pk__in=chosen).update(**NO_HOLD)
