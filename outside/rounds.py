"""A round of the timer has seconds for each of its jobs, however much there is to do."""

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

Row = TypeVar("Row")


def in_time(rows: Iterable[Row], seconds: float) -> Iterator[Row]:
    """Those of which one may still begin: what began in time may end later."""
    end = monotonic() + seconds
    for row in rows:
        if monotonic() > end:
            return
        yield row
