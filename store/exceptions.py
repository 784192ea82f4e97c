from store.models import Order


class MoveNotAllowed(Exception):
    """An order was asked to make a move that its state does not allow."""

    def __init__(self, *, order: Order, move: Order.Move) -> None:
        super().__init__(f"{order}: {move.label} is not possible now")
        self.order = order
        self.move = move
