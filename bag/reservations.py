"""What staff do with holds: reserve a piece, extend and release holds, each with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.locking import lock_owner
from accounts.models import User
from bag.exceptions import NotEnoughAvailable
from bag.services import PROMISED, new_hold
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, STAFF_RESERVED, Piece, PieceQuerySet, ShopProfile
from store.services import lock_items


def lock_pieces(pieces: PieceQuerySet) -> PieceQuerySet:
    """Lock pieces as shoppers do, item first, and decide once which they are."""
    lock_items(pieces.order_by().values_list("item_id", flat=True))
    return pieces.lock()


@transaction.atomic
def release_pieces(*, pieces: PieceQuerySet, actor: User, reason: str) -> int:
    """End holds before their time; return how many. What is ordered or sold is not touched."""
    held = lock_pieces(pieces.held_by_people())
    record_events(held, Kind.RELEASED, actor=actor, note=reason)
    return held.update(**NO_HOLD)


@transaction.atomic
def extend_holds(*, pieces: PieceQuerySet, until: datetime, actor: User, reason: str) -> int:
    """Let holds end at another time, later or earlier; return how many went on until now."""
    held = lock_pieces(pieces.held_by_people())
    reserved = held.reserved().update(held_until=reservation_end(until))
    extended = reserved + held.unreserved().update(held_until=until)
    record_events(held, Kind.EXTENDED, actor=actor, note=reason)
    return extended


@transaction.atomic
def reserve_piece(
    *, piece: Piece, until: datetime, customer: User | None, actor: User, reason: str
) -> datetime:
    """Keep an available piece for somebody until a moment that staff choose; return its end.

    A customer with an account finds it when logged in and can order it; for anybody else
    the reason names them. Raises NotEnoughAvailable when the piece is not available, and
    AccountGone.
    """
    customer = customer and lock_owner(customer)
    available = lock_pieces(Piece.objects.available().filter(pk=piece.pk))
    record_lapsed(lock_lapsed(available))
    until = reservation_end(until)
    if not available.update(**new_hold(STAFF_RESERVED, customer, until)):
        raise NotEnoughAvailable(item_id=piece.item_id, left=0)
    record_events(available, Kind.RESERVED, actor=actor, note=reason)
    return until


def reservation_end(until: datetime) -> datetime:
    """When a reservation until a moment ends: nobody can come for it while the shop is closed."""
    return ShopProfile.get_solo().open_time(until)


@transaction.atomic
def keep_reservations(*, bag_key: str, customer: User | None) -> int:
    """Let what staff have reserved stay so when the bag ends into which it was claimed."""
    chosen = Piece.objects.held_by(bag_key).filter(PROMISED).lock()
    record_events(chosen, Kind.RESERVED, actor=customer, note=_("still, after logging out"))
    return chosen.update(held_by=STAFF_RESERVED)
