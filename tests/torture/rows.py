"""The rows of docs/promises.md that are played, and how large each is."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.torture import (
    card_events,
    deploys,
    faults,
    k_pieces,
    killed,
    late_money,
    limits,
    mails,
    never_stale,
    no_deadlock,
    no_lost_line,
    no_timer,
    one_invoice,
    one_winner,
    outages,
    pay_clicks,
    photo_stall,
    photos,
    privacy,
    rate_limit,
    rules,
    seen_elsewhere,
    slow_clients,
    sweep,
    till,
    timer_processes,
    unpaid,
)
from tests.torture.run import Result, Run


class Row(NamedTuple):
    """A row and its rounds in `make test`, `make torture` and `make torture-night`.

    `small` is 0 where shorter tests show the same.
    """

    name: str
    play: Callable[[Run], Iterator[Result]]
    small: int
    torture: int
    night: int


ROWS = [
    Row("row1", one_winner.play, 0, 60, 1_000),
    Row("row2", k_pieces.play, 0, 40, 500),
    Row("row3", no_lost_line.play, 0, 200, 2_000),
    Row("row4", no_deadlock.play, 0, 1_000, 20_000),
    Row("row5", rules.play, 0, 5_000, 50_000),
    Row("row6", no_timer.play, 0, 100, 1_000),
    Row("row7", faults.play, 0, 20, 60),
    Row("row8", timer_processes.play, 0, 300, 1_000),
    Row("row9", sweep.play, 0, 100_000, 100_000),
    Row("row10", rate_limit.play, 0, 200, 500),
    Row("row11", killed.play, 1, 10, 50),
    Row("row12", pay_clicks.play, 0, 500, 5_000),
    Row("row13", card_events.play, 0, 720, 5_040),
    Row("row14", late_money.play, 0, 200, 1_000),
    Row("row15", mails.play, 0, 500, 2_000),
    Row("row16", one_invoice.play, 0, 2_000, 10_000),
    Row("row18", photos.play, 0, 512, 2_000),
    Row("row19", privacy.play, 0, 5, 20),
    Row("row24", deploys.play, 0, 6_000, 60_000),
    Row("row25", outages.play, 0, 60, 600),
    Row("row27", slow_clients.play, 0, 1_000, 5_000),
    Row("row28", unpaid.play, 4, 20, 100),
    Row("row29", limits.play, 3, 10, 20),
    Row("row31", never_stale.play, 0, 300, 100_000),
    Row("row32", till.play, 0, 100, 1_000),
    Row("row37", photo_stall.play, 0, 8, 8),
]

# What concerns machines alone.
OF_MACHINES = [Row("buckets", seen_elsewhere.play, 0, 200, 1_000)]
# Those that web processes, or others that share the database, play with `--two-machines`.
ON_MACHINES = ["row1", "row2", "row3", "row4", "row6", "row9", "row16", "buckets"]
