"""The calls about each item of a row, put in order when the item's round has ended."""

from collections.abc import Sequence

from tests.torture.linear import Search
from tests.torture.register import Call, Register
from tests.torture.run import Result


class Calls:
    def __init__(self) -> None:
        self.items = 0
        self.count = 0
        self.without_order: list[str] = []

    def put_in_order(self, calls: Sequence[Call], *, pieces: int) -> None:
        """Look for an order of all calls about an item that was new, with so many pieces."""
        search = Search(calls, Register(free=pieces))
        self.items += 1
        self.count += len(calls)
        if search.order() is None:
            self.without_order.append(search.why_not)

    def result(self, row: str, *, control: bool) -> Result:
        first = f" ({self.without_order[0][:300]})" if self.without_order else ""
        figure = (
            f"{self.count:,} calls about {self.items:,} items: "
            f"{len(self.without_order):,} items without such an order{first}"
        )
        promise = f"{row} Some order of the calls explains all answers"
        return Result(promise, figure, not self.without_order, control)
