"""Row 9: many processes tidy the same lapsed holds and are killed. Rounds are holds."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Now

import bag.services
from store.history import Kind, record_events, record_lapsed
from store.models import NO_HOLD, Piece, PieceEvent
from tests.environment import TEST_ENVIRONMENT
from tests.processes import Process, running, wait_until
from tests.torture import invariants
from tests.torture.reading import read_beside_the_sweep
from tests.torture.run import PRODUCTION, Result, Run
from tests.torture.shop import put_on_sale

PROMISE = "9 Several timers are one"
FULL = 100_000
SMALL = 3_000
# So few at once that somebody is always in the middle of a transaction.
HOLDS_PER_SWEEP = "50"


def play(run: Run) -> Iterator[Result]:
    yield tidied(run)
    if run.rounds >= FULL:
        hold_all(run.rounds)
        yield read_beside_the_sweep(run)
    yield tidied(run.at_most(SMALL), control="sweep.without_lock")


def tidied(run: Run, *, control: str = "") -> Result:
    """Let all holds lapse under several processes; kill one whenever they got on."""
    processes, kills = (8, 20) if run.rounds >= FULL else (4, 4)
    hold_all(run.rounds)
    with ExitStack() as stack:
        crew = [stack.enter_context(sweeper(run, control)) for _ in range(processes)]
        wait_until(lambda: all("ready" in process.log for process in crew))
        Piece.objects.update(held_until=Now())
        for part in range(kills):
            goal = run.rounds * (1 - (part + 1) / (kills + 1))
            wait_until(lambda goal=goal: left() <= goal, seconds=600)  # type: ignore[misc]
            victim = crew.pop(run.dice.randrange(len(crew)))
            os.kill(victim.popen.pid, signal.SIGKILL)
            crew.append(stack.enter_context(sweeper(run, control)))
        wait_until(lambda: left() == 0, seconds=600)
    told = PieceEvent.objects.filter(kind=Kind.LAPSED).order_by()
    times = list(told.values("piece").annotate(times=Count("pk")).values_list("times", flat=True))
    twice = sum(count > 1 for count in times)
    figure = (
        f"{run.rounds:,} holds, {processes} processes, {kills} killed: "
        f"{times.count(1):,} tidied once, {twice:,} more than once, {left()} left"
    )
    return Result(PROMISE, figure, times == [1] * run.rounds, control=bool(control))


def sweeper(run: Run, control: str) -> AbstractContextManager[Process]:
    environment = {**TEST_ENVIRONMENT, **PRODUCTION, "DATABASE_URL": run.database}
    return running(
        "python",
        "-m",
        "tests.torture.sweeper",
        HOLDS_PER_SWEEP,
        **environment,
        CONTROL=control,
    )


def hold_all(pieces: int) -> None:
    """A shop with so many pieces, each of them held for an hour."""
    invariants.clear()
    put_on_sale(items=pieces // 10, pieces=10)
    hold = {"held_by": "ann", "held_since": Now(), "held_until": Now() + timedelta(hours=1)}
    Piece.objects.update(**hold)
    record_events(Piece.objects.all(), Kind.HELD)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def left() -> int:
    return Piece.objects.lapsed().count()


def without_lock() -> None:
    """The control: each takes what it sees, and does not ask whether others do."""
    bag.services.release_some_lapsed_holds = release_what_is_seen


@transaction.atomic
def release_what_is_seen() -> int:
    chosen = list(Piece.objects.lapsed().order_by("pk").values_list("pk", flat=True)[:50])
    record_lapsed(Piece.objects.lapsed().filter(pk__in=chosen))
    return Piece.objects.lapsed().filter(pk__in=chosen).update(**NO_HOLD)
