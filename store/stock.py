"""An item's pieces as its page and its bag button need them, in one query."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField
from django.db.models.functions import Now

from store.availability import state_words
from store.hold_time import hold_time
from store.models import Item, Piece
from store.statements import Statement
from store.templatetags.clock_time import clock_time

State = Piece.State
PIECES = Statement(
    lambda item: Piece.objects.filter(item=item).annotate(now=Now()), item=BigIntegerField()
)
# A hold is never longer than the first one and ten renewals.
LONGEST_HOLD = 11
# An item is what its best piece is.
BEST_FIRST = (State.AVAILABLE, State.HELD, State.ORDERED, State.SOLD)


@dataclass
class Stock:
    """What can be said about an item from all its pieces, with their `state` and `time_left`."""

    pieces: list[Piece]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(piece.state for piece in self.pieces)

    @property
    def state(self) -> str:
        return next((state for state in BEST_FIRST if self.counts[state]), State.WITHDRAWN)

    @property
    def words(self) -> str:
        """What this state is called; see `store.availability`."""
        first = self.first_held
        if self.state == State.HELD and first and first.held_until:
            until = clock_time(first.held_until)
            return state_words(self.state, holder=first.holder, until=until)
        return state_words(self.state, number=self.available)

    @property
    def available(self) -> int:
        return self.counts[State.AVAILABLE]

    @property
    def on_sale(self) -> bool:
        return self.state in {State.AVAILABLE, State.HELD}

    @cached_property
    def held(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.state == State.HELD]

    @property
    def available_again_at(self) -> datetime | None:
        """When the first hold ends if it is not renewed; None when no piece is held."""
        return first_end(self.held)

    @property
    def available_again_by(self) -> datetime | None:
        """When the first hold ends however often it is renewed; None when no piece is held."""
        return min(filter(None, map(last_end, self.held)), default=None)

    @property
    def seconds_left(self) -> int:
        """Until the first hold ends, by the database's clock; 0 when no piece is held."""
        return seconds_left(self.held)

    @property
    def holders(self) -> set[str]:
        """The keys of the bags that hold a piece now."""
        return {piece.held_by or "" for piece in self.held}

    @property
    def first_held(self) -> Piece | None:
        """The piece whose hold ends first, which says how the item is held."""
        return min(self.held, key=lambda piece: piece.time_left, default=None)

    @property
    def numbers(self) -> list[str]:
        """The stock numbers of the pieces that can still be bought; of all when none can."""
        on_sale = [p for p in self.pieces if p.state in {State.AVAILABLE, State.HELD}]
        return [piece.stock_number for piece in on_sale or self.pieces]


def stock_of(item: Item) -> Stock:
    """Read the pieces of an item, which costs one query.

    Only the database's `now` is computed there, and the rest by it here.
    """
    return stock_from(PIECES.rows(item=item.pk))


def stocks_of(items: Iterable[Item]) -> dict[int, Stock]:
    """Read the pieces of several items at once; return the stock of each by its key."""
    pieces: dict[int, list[Piece]] = {item.pk: [] for item in items}
    for piece in Piece.objects.filter(item__in=pieces).annotate(now=Now()).order_by("pk"):
        pieces[piece.item_id].append(piece)
    return {pk: stock_from(found) for pk, found in pieces.items()}


def stock_from(pieces: list[Any]) -> Stock:
    """Of pieces that have been read with the database's `now`."""
    for piece in pieces:
        piece.state = piece.state_at(piece.now)
        if piece.held_until:
            piece.time_left = piece.held_until - piece.now
    return Stock(pieces)


def first_end(pieces: Iterable[Piece]) -> datetime | None:
    """When the first hold ends; None when nothing is held."""
    return min((piece.held_until for piece in pieces if piece.held_until), default=None)


def seconds_left(pieces: Iterable[Piece]) -> int:
    """Until the first hold ends; 0 when nothing is held."""
    return min((whole_seconds(piece.time_left) for piece in pieces), default=0)


def last_end(piece: Piece) -> datetime | None:
    """When a hold ends at the latest: after ten renewals, or when staff have said."""
    if not (piece.held_since and piece.held_until):
        return None
    return max(piece.held_until, piece.held_since + LONGEST_HOLD * hold_time())


def whole_seconds(time: timedelta | int) -> int:
    """A span of time, which SQLite hands to a raw statement in microseconds."""
    span = timedelta(microseconds=time) if isinstance(time, int) else time
    return max(0, int(span.total_seconds()))
