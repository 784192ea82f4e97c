from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from store.models import Item, Piece
from store.statements import Statement

State = Piece.State
PIECES = Statement(lambda item: Piece.objects.filter(item=item).with_state(), item=-1)
# An item is what its best piece is.
BEST_FIRST = (State.FREE, State.HELD, State.ORDERED, State.SOLD)


@dataclass
class Stock:
    """What can be said about an item from all its pieces, annotated by `with_state`."""

    pieces: list[Piece]

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(piece.state for piece in self.pieces)

    @property
    def state(self) -> str:
        return next((state for state in BEST_FIRST if self.counts[state]), State.WITHDRAWN)

    @property
    def free(self) -> int:
        return self.counts[State.FREE]

    @property
    def on_sale(self) -> bool:
        return self.state in {State.FREE, State.HELD}

    @property
    def free_again_at(self) -> datetime | None:
        """When the first hold ends at the latest; None when no piece is held."""
        held = (piece.held_until for piece in self.pieces if piece.state == State.HELD)
        return min((end for end in held if end), default=None)

    @property
    def holders(self) -> set[str]:
        """The keys of the bags that hold a piece now."""
        return {piece.held_by or "" for piece in self.pieces if piece.state == State.HELD}

    @property
    def numbers(self) -> list[str]:
        """The stock numbers of the pieces that can still be bought; of all when none can."""
        on_sale = [p for p in self.pieces if p.state in {State.FREE, State.HELD}]
        return [piece.stock_number for piece in on_sale or self.pieces]


def stock_of(item: Item) -> Stock:
    """Read the pieces of an item, which costs one query."""
    return Stock(PIECES.rows(item=item.pk))
