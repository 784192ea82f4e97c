"""The rows of the promises about holds and how large each is played."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.torture import k_pieces, no_deadlock, no_lost_line, one_winner
from bench.torture.run import Result, Run


class Row(NamedTuple):
    """A row and its rounds in `make test`, `make torture` and `make torture-night`."""

    name: str
    play: Callable[[Run], Iterator[Result]]
    small: int
    torture: int
    night: int


ROWS = [
    Row("row1", one_winner.play, 3, 60, 1_000),
    Row("row2", k_pieces.play, 4, 40, 500),
    Row("row3", no_lost_line.play, 20, 200, 2_000),
    Row("row4", no_deadlock.play, 100, 1_000, 20_000),
]
