"""The rows of the promises about holds and how large each is played."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.torture import one_winner
from bench.torture.run import Result, Run


class Row(NamedTuple):
    """A row and its rounds in `make test`, `make torture` and `make torture-night`."""

    name: str
    play: Callable[[Run], Iterator[Result]]
    small: int
    torture: int
    night: int


ROWS = [
    Row("row1", one_winner.play, 5, 60, 1_000),
]
