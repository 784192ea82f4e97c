"""An item in a bag, with what of it is held."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from store.availability import FirstHold, first_hold, is_available
from store.models import Item, Piece
from store.stock import first_end, seconds_left


@dataclass
class BagLine:
    """An item in a bag: how many are wanted, and the pieces that are truly held."""

    item: Item
    wanted: int
    pieces: list[Piece] = field(default_factory=list)

    @property
    def held(self) -> int:
        return len(self.pieces)

    @property
    def ended(self) -> bool:
        """Whether the hold of this line has run out, at least in part."""
        return self.held < self.wanted

    @property
    def held_until(self) -> datetime | None:
        """When the first hold of this line ends; None when nothing is held."""
        return first_end(self.pieces)

    @property
    def seconds_left(self) -> int:
        """Until the first hold of this line ends, by the database's clock."""
        return seconds_left(self.pieces)

    @property
    def missing(self) -> int:
        """How many are wanted beyond what is held."""
        return self.wanted - self.held

    @property
    def can_take_again(self) -> bool:
        return self.ended and is_available(self.item)

    @property
    def first_hold(self) -> FirstHold | None:
        """Of all who hold such a piece, the first to end."""
        return first_hold(self.item.ends)

    @property
    def total(self) -> Decimal:
        """Price of the held pieces, without shipping."""
        return self.item.price * self.held
