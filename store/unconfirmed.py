"""Things of an order that nobody has confirmed: held for it, and available when its time is up.

They are held as those in a bag are, so that no answer depends on anything having ended the order.
"""

from typing import Any

from django.db.models.functions import Now

from accounts.models import User
from store.exceptions import TransitionNotAllowed
from store.history import Kind, record_events
from store.models import NO_HOLD, ORDER_PREFIX, Order, Piece, PieceQuerySet

BINDING = {Order.Transition.CONFIRM, Order.Transition.PAY}


def hold_key(order: Order) -> str:
    return f"{ORDER_PREFIX}{order.pk}"


def held_for(order: Order) -> PieceQuerySet:
    """What is truly held for an order now, by the database's clock."""
    return Piece.objects.held_by(hold_key(order))


def held_for_orders() -> PieceQuerySet:
    return Piece.objects.held().filter(held_by__startswith=ORDER_PREFIX)


def as_part_of(order: Order) -> dict[str, Any]:
    """What is written on pieces that an order takes; of an unconfirmed one, a hold."""
    if not order.is_unconfirmed:
        return {**NO_HOLD, "order": order}
    until = order.confirm_by or order.payment_due_at
    hold = {"held_by": hold_key(order), "held_since": Now(), "held_until": until}
    return {**NO_HOLD, **hold, "order": None}


def bind_pieces(order: Order, transition: Order.Transition) -> None:
    """Give a locked order what is held for it, when it is confirmed or paid.

    The UPDATE asks the time, as whoever would take a piece does: one of them comes first. Raises
    TransitionNotAllowed when its time is up.
    """
    if not order.is_unconfirmed or transition not in BINDING:
        return
    bound = held_for(order).lock().update(**NO_HOLD, order=order)
    if bound < len(order.lines_that_count):
        raise TransitionNotAllowed(order, transition)
    order.is_unconfirmed = False


def unbind_pieces(order: Order) -> None:
    """Hold what a locked order has: it was to be paid at once, and is to be confirmed now."""
    order.pieces.filter(sold_at=None).update(**as_part_of(order))


def free_pieces(order: Order, actor: User | None) -> None:
    """Put what is held for an order that is cancelled back on sale."""
    held = held_for(order).lock()
    record_events(held, Kind.CANCELLED, actor=actor, note=str(order))
    held.update(**NO_HOLD)
