"""How much time is left of holds: by the database's clock, as `with_time_left()` has read it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from store.hold_time import hold_time
from store.models import Piece
from store.stock import first_end, last_end, seconds_left
from store.templatetags.clock_time import clock_time

LEAST_GAIN = timedelta(minutes=1)
REMIND_BEFORE = timedelta(minutes=2)


def can_renew(pieces: Iterable[Piece]) -> bool:
    """Whether to renew now would give any of the pieces more time."""
    return any(gain(piece) >= least_gain() for piece in pieces)


def least_gain() -> timedelta:
    """Renewing does nothing when it would give less; it is less where holds are brief."""
    return min(LEAST_GAIN, hold_time() / 4)


def at_limit(pieces: Iterable[Piece]) -> bool:
    """Whether none of the pieces can be kept any longer, however late it is renewed."""
    ends = [(piece.held_until, last_end(piece)) for piece in pieces]
    return all(end and last and last - end < least_gain() for end, last in ends)


def gain(piece: Piece) -> timedelta:
    end, last = piece.held_until, last_end(piece)
    return min(hold_time() - piece.time_left, last - end) if end and last else timedelta(0)


def time_of(pieces: list[Piece]) -> dict[str, Any]:
    """The time left of some pieces, as js/hold.js shows it."""
    end = first_end(pieces)
    return {"until": clock_time(end) if end else "", "seconds_left": seconds_left(pieces)}


def remind_at() -> int:
    """How many seconds before the end a page reminds; less in a shop that holds very briefly."""
    return int(min(REMIND_BEFORE, hold_time() / 2).total_seconds())
