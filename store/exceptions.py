from collections.abc import Sequence

from store.models import Order, Piece


class MoveNotAllowed(Exception):
    """An order was asked to make a move that its state does not allow."""

    def __init__(self, *, order: Order, move: Order.Move) -> None:
        super().__init__(f"{order}: {move.label} is not possible now")
        self.order = order
        self.move = move


class PiecesInUse(Exception):
    """Pieces that are held, or were ever ordered or sold, stay in the stock book."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(", ".join(str(piece) for piece in pieces))
        self.pieces = pieces
