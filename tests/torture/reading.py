"""How long the timer takes to tidy many holds, and what readers of the shop feel of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from statistics import quantiles
from threading import Event
from time import monotonic
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from store.models import Item, Piece
from tests.processes import wait_until
from tests.torture.run import Result, Run
from tests.torture.shop import shop
from tests.visitor import Visitor

PROMISE = "9 A sweep is quick, and readers do not feel it"
READERS = 2
# Each asks so often, whether the answer before was quick or not.
A_SECOND = 20
# Until the holds lapse: to write that takes some of it.
QUIET = 30
MOST_SECONDS, MOST_RATIO = 10, 2


class Reading(NamedTuple):
    started: float
    seconds: float


def read_beside_the_sweep(run: Run) -> Result:
    """Let all holds lapse at one moment under a shop with readers, whose timer tidies them."""
    with shop(run, WEB_CONCURRENCY="2", TIMER_SECONDS="1") as site, ThreadPoolExecutor() as pool:
        # Written beforehand, so that nobody reads beside this UPDATE; then time goes by.
        Piece.objects.update(held_until=Now() + timedelta(seconds=QUIET))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM store_piece")
        until = Piece.objects.latest("held_until").held_until
        assert until
        lapse = monotonic() + (until - timezone.now()).total_seconds()
        stop = Event()
        readers = [pool.submit(partial(read, site.port, stop, run)) for _ in range(READERS)]
        try:
            wait_until(lambda: monotonic() > lapse, seconds=QUIET + 5)
            wait_until(lambda: not Piece.objects.exclude(held_by=None).exists(), seconds=120)
            swept = monotonic()
        finally:
            stop.set()
        readings = [reading for reader in readers for reading in reader.result()]
    quiet = p99([each.seconds for each in readings if each.started < lapse])
    beside = p99([each.seconds for each in readings if lapse <= each.started < swept])
    seconds = swept - lapse
    assert min(quiet, beside) > 0, "Nobody has read before, or beside it: that shows nothing."
    figure = (
        f"{run.rounds:,} holds in {seconds:.1f} s (≤ {MOST_SECONDS}); p99 of readers "
        f"{1000 * quiet:.0f} ms quiet, {1000 * beside:.0f} ms beside (≤ {MOST_RATIO} ×)"
    )
    return Result(PROMISE, figure, seconds <= MOST_SECONDS and beside <= MOST_RATIO * quiet)


def read(port: int, stop: Event, run: Run) -> list[Reading]:
    """Fetch pages of the shop at a steady pace until told to stop."""
    visitor = Visitor(port)
    slugs = [*Item.objects.values_list("slug", flat=True)[:100]]
    connection.close()
    paths = ["/store/", *(f"/store/item/{slug}/" for slug in slugs)]
    readings = []
    while not stop.wait(1 / A_SECOND):
        started = monotonic()
        visitor.get(run.dice.choice(paths))
        readings.append(Reading(started, monotonic() - started))
    return readings


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98] if len(seconds) > 1 else 0
