"""Holding pieces for a bag, renewing and releasing holds, all by the clock of the database."""

from collections import Counter
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    CharField,
    DurationField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Least, Now

from accounts.models import User
from bag.exceptions import BagFull, NotEnoughAvailable
from bag.locks import Lock, lock
from bag.models import WaitlistEntry
from bag.rate_limit import consume_holds
from bag.time_left import least_gain
from store.history import Kind, Rows, entries, lock_lapsed, record_events, record_lapsed
from store.hold_time import hold_time
from store.models import NO_HOLD, Item, Piece, PieceEvent, PieceQuerySet
from store.statements import Change, Entry, Joined, Recorded, Statement
from store.stock import LONGEST_HOLD
from typed.translated import said

LAPSED_HOLDS_PER_ROUND = 1000
AVAILABLE = Piece.objects.available()
# Of held pieces: whether staff have reserved it, though it may be in a bag by now.
PROMISED = Exists(
    PieceEvent.objects.filter(
        piece=OuterRef("pk"), kind=Kind.RESERVED, at__gte=OuterRef("held_since")
    )
)


def new_hold(key: str, customer: Any = None, until: Any = None) -> dict[str, Any]:
    """The columns of a hold that begins now; without `until` it has the usual time."""
    until = until or Now() + hold_time()
    return {
        **NO_HOLD,
        "held_by": key,
        "held_for": customer,
        "held_since": Now(),
        "held_until": until,
    }


def available_pieces(item: Any, bag_key: Any) -> QuerySet:
    """The available pieces of an item, each with: whose hold on it has lapsed, how many people
    wait for such a piece, and of which items there are pieces in this bag.
    """
    in_bag = Piece.objects.held_by(bag_key).order_by().values("held_by")
    return (
        AVAILABLE.filter(item=item)
        .order_by("pk")
        .values_list(
            "pk",
            "held_by",
            WaitlistEntry.objects.waiting().filter(item=item).count_by_item(),
            Subquery(in_bag.annotate(items=Joined("item")).values("items")),
        )
    )


def locked_item(pk: Any, turn: Any) -> QuerySet:
    item = Item.objects.published().select_for_update().filter(pk=pk)
    return item.with_titles().only("title").annotate(turn=Lock(turn))


def held_piece(piece: Any, bag_key: Any, customer: Any, time: Any) -> tuple[Any, dict[str, Any]]:
    return AVAILABLE.filter(pk=piece), new_hold(bag_key, customer, Now() + time)


def held_entry(piece: Any, customer: Any) -> Rows:
    return entries(Piece.objects.filter(pk=piece), Kind.HELD, actor=customer)


AVAILABLE_PIECES = Statement(available_pieces, item=BigIntegerField(), bag_key=CharField())
LOCKED_ITEM = Statement(locked_item, pk=BigIntegerField(), turn=CharField())
HOLD = Recorded(
    Change(
        held_piece,
        piece=BigIntegerField(),
        bag_key=CharField(),
        customer=BigIntegerField(),
        time=DurationField(),
    ),
    Entry(held_entry, piece=BigIntegerField(), customer=BigIntegerField()),
)


class Taken(NamedTuple):
    """The title of what was taken, and how many pieces of each item are in the bag with it."""

    title: str
    counts: Counter[int]


@transaction.atomic
def hold_pieces(
    *,
    item_id: int,
    quantity: int,
    bag_key: str,
    customer: User | None = None,
    address: str = "",
) -> Taken:
    """Hold `quantity` more pieces of a published item for a bag.

    Shoppers after the same item queue at its row. The UPDATE asks once more for
    available pieces, so that even code which forgets the lock cannot take one twice. Pieces
    that others wait for in line are not for this bag.

    Raises NotEnoughAvailable, BagFull, RateLimitExceeded, or Item.DoesNotExist for an item that is
    not in the shop.
    """
    if quantity > settings.BAG_LIMIT:
        raise BagFull(limit=settings.BAG_LIMIT)
    # Takes of one bag come one after the other, or two at once could overfill it.
    locked = LOCKED_ITEM.rows(pk=item_id, turn=f"bag {bag_key}")
    if not locked:
        raise Item.DoesNotExist
    title = said(locked[0].title, locked[0].titles)
    found = AVAILABLE_PIECES.tuples(item=item_id, bag_key=bag_key)
    _, _, waiting, in_bag = found[0] if found else (None, None, 0, None)
    counts = Counter(map(int, in_bag.split(",") if in_bag else []))
    if counts.total() + quantity > settings.BAG_LIMIT:
        raise BagFull(limit=settings.BAG_LIMIT)
    left = max(0, len(found) - waiting)
    chosen = found[:quantity] if left >= quantity else []
    if lapsed := [pk for pk, held_by, *_ in chosen if held_by]:
        record_lapsed(lock_lapsed(Piece.objects.filter(pk__in=lapsed)))
    taken = sum(hold(pk, bag_key, customer) for pk, *_ in chosen)
    if taken < quantity:
        facts = {"left": left, "spoken_for": len(found) > left, "title": title}
        raise refusal(item_id=item_id, bag_key=bag_key, **facts)
    # Last, for all who come from one address wait here for each other to be written down.
    consume_holds(quantity, customer=customer, address=address)
    counts[item_id] += taken
    return Taken(title, counts)


def hold(piece: int, bag_key: str, customer: User | None) -> int:
    """Hold an available piece and write that down; return 1, or 0 when it is taken meanwhile."""
    who = customer and customer.pk
    return HOLD.make(piece=piece, bag_key=bag_key, customer=who, time=hold_time())


def refusal(*, item_id: int, bag_key: str, **facts: Any) -> NotEnoughAvailable:
    others = Piece.objects.held().filter(item=item_id).exclude(held_by=bag_key)
    first = others.order_by("held_until").first()
    return NotEnoughAvailable(
        item_id=item_id,
        available_again_at=first.held_until if first else None,
        holder=first.holder if first else "",
        in_bag=Piece.objects.held_by(bag_key).filter(item=item_id).count(),
        **facts,
    )


@transaction.atomic
def renew_holds(*, bag_key: str, actor: User | None = None) -> int:
    """Start the hold time of a bag's pieces anew; return how many have their time now.

    Ten times the hold time more at most: no hold outlives eleven times the hold time. What
    has lapsed is not revived; it must be taken again, in turn with everybody else. A
    renewal of less than a minute changes nothing, so that a double click counts once.
    """
    limit = F("held_since") + LONGEST_HOLD * hold_time()
    renewed = Least(Now() + hold_time(), limit)
    pieces = Piece.objects.held_by(bag_key).lock()
    short = list(pieces.filter(held_until__lt=renewed - least_gain()).values_list("pk", flat=True))
    chosen = pieces.filter(pk__in=short)
    chosen.update(held_until=renewed, renewals=F("renewals") + 1)
    record_events(chosen, Kind.RENEWED, actor=actor)
    fresh = pieces.filter(held_until__gte=Now() + hold_time() - least_gain())
    return len(short) or fresh.count()


@transaction.atomic
def release_holds(
    *,
    bag_key: str,
    item_id: int | None = None,
    quantity: int | None = None,
    actor: User | None = None,
) -> int:
    """Give pieces in a bag back to the shop; return how many.

    All of them, or those of one item, or so many of that item, the latest taken first.
    """
    pieces = Piece.objects.held_by(bag_key).lock()
    if item_id is not None:
        pieces = pieces.filter(item=item_id)
    if quantity is not None:
        latest = pieces.order_by("-held_since", "-pk").values_list("pk", flat=True)
        pieces = pieces.filter(pk__in=list(latest[:quantity]))
    record_events(pieces, Kind.RELEASED, actor=actor)
    return pieces.update(**NO_HOLD)


@transaction.atomic
def claim_pieces(*, pieces: PieceQuerySet, bag_key: str, customer: User | None = None) -> int:
    """Bring pieces that are held for a visitor in another way into the bag; return how many.

    What was offered to the next in line, what staff have reserved, what the same customer
    took on another device. Their time stays as it was. What staff have reserved fits into
    any bag; when the rest does not, it stays where it is. Raises BagFull when that is all.
    """
    lock(f"bag {bag_key}")
    chosen = pieces.held().exclude(held_by=bag_key).lock()
    others = chosen.exclude(PROMISED)
    in_bag = Piece.objects.held_by(bag_key).exclude(PROMISED).count()
    if in_bag + others.count() > settings.BAG_LIMIT and others.exists():
        chosen = chosen.filter(PROMISED).lock()
        if not chosen.exists():
            raise BagFull(limit=settings.BAG_LIMIT)
    claimed = chosen.update(held_by=bag_key, held_for=customer)
    record_events(chosen, Kind.HELD, actor=customer)
    return claimed


def leave_what_fits(*, pieces: PieceQuerySet, bag_key: str) -> None:
    """Give back so many of these pieces in a bag that it is no fuller than it may be."""
    taken = Piece.objects.held_by(bag_key).exclude(PROMISED)
    if (excess := taken.count() - settings.BAG_LIMIT) > 0:
        latest = pieces.exclude(PROMISED).order_by("-pk").values_list("pk", flat=True)
        chosen = Piece.objects.filter(pk__in=list(latest[:excess]))
        record_events(chosen, Kind.RELEASED)
        chosen.update(**NO_HOLD)


def choose_to_order(*, item_id: int, quantity: int, bag_key: str) -> list[int]:
    """Lock the pieces that a bag may order now, its own first, or raise NotEnoughAvailable.

    The caller has locked the item. Available pieces that others wait for are not for this
    bag, not even those that it has held until a moment ago.
    """
    pieces = Piece.objects.available_to(bag_key).filter(item=item_id).with_state()
    found = list(pieces.select_for_update(of=["self"]))
    own = [piece.pk for piece in found if piece.state == Piece.State.HELD]
    available = [piece.pk for piece in found if piece.state == Piece.State.AVAILABLE]
    waiting = WaitlistEntry.objects.waiting().filter(item=item_id).count()
    left = [*own, *available[: max(0, len(available) - waiting)]]
    if len(left) < quantity:
        raise NotEnoughAvailable(item_id=item_id, left=len(left), spoken_for=len(available) > 0)
    return left[:quantity]


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
    chosen = list(lapsed.values_list("pk", flat=True)[:LAPSED_HOLDS_PER_ROUND])
    if not chosen:
        return 0
    pieces = Piece.objects.lapsed().filter(pk__in=chosen)
    record_lapsed(pieces)
    return pieces.update(**NO_HOLD)
