"""What befalls the shop of row 25: one thing after the other is dead, slow, silent or wrong."""

import signal
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from repairshop.database_timeout import Pulse
from tests.torture.outage_world import World

SERVICES = "25 Without S3, Stripe or mail"
DATABASE = "25 Without the database"
MACHINES = "25 With a full disk or a wrong clock"
SLOW_SECONDS = 2.0
AN_HOUR = timedelta(hours=1)
Act = Callable[[World], object]


def nothing(world: World) -> None:
    """What is wrong is so from the start."""


class Outage(NamedTuple):
    """What is wrong, from `begin` to `end`.

    Where it is `harmless`, pages that need nothing but the database know nothing of it; where it
    is `total`, none answers. `healthz` is what the health check has to say meanwhile.
    """

    group: str
    name: str
    begin: Act = nothing
    end: Act = nothing
    harmless: bool = False
    total: bool = False
    healthz: str = ""
    # Where it is not one thing that lasts: what is done every ten seconds.
    again: Act | None = None
    # The page that may wait for it.
    waits: str = ""
    # What is done to a second machine of the shop.
    second: str = ""


def of_service(name: str, key: str, waits: str = "") -> list[Outage]:
    def well(world: World) -> None:
        world.ways[key].delay = 0
        world.ways[key].mend()

    def slow(world: World) -> None:
        world.ways[key].delay = SLOW_SECONDS

    harmless = partial(Outage, SERVICES, end=well, harmless=True, waits=waits)
    return [
        harmless(f"{name} dead", lambda w: w.ways[key].refuse()),
        harmless(f"{name} slow", slow),
        harmless(f"{name} hanging", lambda w: w.ways[key].hang()),
    ]


def clock(name: str) -> Outage:
    """Two machines, one with a wrong clock; requests go to the one and the other in turns."""
    second = f"outage_kinds.{name.replace(' ', '_')}"
    return Outage(MACHINES, f"a clock {name}", harmless=True, second=second)


AWAY = "database does not answer"
# A round that fails where nothing can be written is not written down either: it is missed.
MISSED = "timer last ran"
PAUSED = Outage(
    DATABASE,
    "PostgreSQL paused",
    lambda w: w.signal_server(signal.SIGSTOP),
    lambda w: w.signal_server(signal.SIGCONT),
    total=True,
    healthz=AWAY,
)
OUTAGES = [
    Outage(SERVICES, "nothing", harmless=True),
    *of_service("S3", "s3"),
    *of_service("Stripe", "stripe", "card"),
    *of_service("SMTP", "smtp"),
    Outage(
        DATABASE,
        "PostgreSQL stopped",
        lambda w: w.server.stop(),
        lambda w: w.server.ensure_postgres_running(),
        total=True,
        healthz=AWAY,
    ),
    PAUSED,
    Outage(
        DATABASE,
        "PostgreSQL restarted every ten seconds",
        lambda w: w.restart_server(),
        again=lambda w: w.restart_server(),
    ),
    Outage(
        DATABASE,
        "PostgreSQL read-only",
        lambda w: w.read_only("on"),
        lambda w: w.read_only("off"),
        healthz=MISSED,
    ),
    Outage(
        DATABASE,
        "PostgreSQL without a connection left",
        lambda w: w.take_connections(),
        lambda w: w.give_connections_back(),
    ),
    Outage(
        DATABASE,
        "PostgreSQL on a full disk",
        lambda w: w.fill_database(),
        lambda w: w.empty_database(),
        healthz=MISSED,
    ),
    Outage(
        MACHINES,
        "a full disk",
        lambda w: w.limit_files(0),
        lambda w: w.limit_files(-1),
        harmless=True,
    ),
    clock("an hour ahead"),
    clock("an hour behind"),
]


def an_hour_ahead() -> None:
    put_clock(AN_HOUR)


def an_hour_behind() -> None:
    put_clock(-AN_HOUR)


def put_clock(by: timedelta) -> None:
    """Have this process believe that it is earlier or later than it is."""
    right_now, right_time = timezone.now, time.time
    timezone.now = lambda: right_now() + by
    time.time = lambda: right_time() + by.total_seconds()


def silence_is_slowness() -> None:
    """The control: a server that answers nobody is waited for like one that takes its time."""
    Pulse.ask = lambda self: None  # type: ignore[method-assign]
