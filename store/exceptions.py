from collections.abc import Sequence

from store.models import Order, Piece


class TransitionNotAllowed(Exception):
    """An order was asked for what its state does not allow."""

    def __init__(self, *, order: Order, transition: Order.Transition) -> None:
        super().__init__(f"{order}: {transition.label} is not possible now")
        self.order = order
        self.transition = transition


class PiecesInUse(Exception):
    """Pieces that are held, or were ever ordered or sold, stay in the stock book."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(", ".join(str(piece) for piece in pieces))
        self.pieces = pieces
