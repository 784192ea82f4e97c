"""How much more web processes carry, and how much more a second machine.

`python -m bench.growing` asks 1, 2, 4 and 8 web processes as fast as they answer, and says what
each answer costs of a processor, in the shop and in the database: that tells which of them ends
first on larger machines. `python -m bench.growing --two-machines` gives machines a part of a
processor each, and lets more and more people come until they wait too long. That needs what
`python -m tests.torture --two-machines` needs, and control groups of the first kind.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic

import django
import psutil

from bench.environment import a_server
from tests.environment import database_url
from tests.processes import Process, free_port
from tests.torture.buyers import Buyer, Visit, checkout_form, crowd, drive
from tests.torture.run import Run, prepare

PROCESSES = (1, 2, 4, 8)
SECONDS, BUYERS, THINGS, OF_THE_HOT_ONE = 10, 16, 12_000, 2_000
HEADING = "| Processes | What | A second | p50, p99 | Shop | Database |\n|---|---|---|---|---|---|"
# Every buyer comes from an address of an own network, however many they are.
newcomers = count(1)


@dataclass
class Wanted:
    """Where buyers look, and what they take: things of one piece, and some of very many."""

    pages: list[str]
    things: Iterator[int]
    hot: Iterator[int]
    wanted_by_all: int = 0
    until: float = 0
    # Milliseconds from each click that counts to its answer.
    times: list[float] = field(default_factory=list)

    def heard(self, buyer: Buyer, *, well: bool) -> None:
        assert well, f"Not answered as it should be: {buyer.head.decode()}"
        self.times.append(1000 * (buyer.heard_at - buyer.asked_at))

    def look(self, buyer: Buyer) -> Visit:
        """A guest with a bag goes through list and things."""
        become_somebody_else(buyer)
        buyer.press(f"/bag/add/{next(self.things)}/", quantity=1)
        yield
        for number in count(1):
            if monotonic() > self.until:
                return
            buyer.ask("GET", self.pages[number % len(self.pages)] if number % 2 else "/store/")
            answer = yield
            self.heard(buyer, well=answer.status == 200)

    def take(self, buyer: Buyer) -> Visit:
        """Each takes something else."""
        while monotonic() < self.until:
            yield from self.put_into_the_bag(buyer, next(self.things))

    def take_the_same(self, buyer: Buyer) -> Visit:
        while monotonic() < self.until:
            yield from self.put_into_the_bag(buyer, self.wanted_by_all)

    def put_into_the_bag(self, buyer: Buyer, thing: int) -> Visit:
        become_somebody_else(buyer)
        buyer.press(f"/bag/add/{thing}/", quantity=1)
        answer = yield
        self.heard(buyer, well=answer.in_the_bag)

    def order(self, buyer: Buyer) -> Visit:
        """Only the click on the order counts; what comes before costs as well."""
        while monotonic() < self.until:
            become_somebody_else(buyer)
            buyer.press(f"/bag/add/{next(self.things)}/", quantity=1)
            yield
            buyer.ask("GET", "/checkout/")
            page = yield
            buyer.press("/checkout/", **checkout_form(page))
            answer = yield
            self.heard(buyer, well=answer.location.startswith("/orders/"))


def become_somebody_else(buyer: Buyer) -> None:
    number = next(newcomers)
    buyer.forget_everything()
    buyer.headers = f"X-Forwarded-For: 10.{number >> 16}.{number >> 8 & 255}.{number & 255}\r\n"


KINDS: dict[str, Callable[[Wanted, Buyer], Visit]] = {
    "list and things, with a bag": Wanted.look,
    "different things into bags": Wanted.take,
    "one thing of all into bags": Wanted.take_the_same,
    "orders, with what comes before": Wanted.order,
}


def spent(process: psutil.Process) -> float:
    """Seconds of a processor that a server has used with all that it has started."""
    own = process.cpu_times()
    # The database's processes come and go; those that went are counted as its own.
    gone = own.children_user + own.children_system
    alive = [child.cpu_times() for child in process.children(recursive=True)]
    return float(own.user + own.system + gone + sum(each.user + each.system for each in alive))


def by_processes(database: psutil.Process, wanted: Wanted, **settings: str) -> Iterator[str]:
    from tests.torture.shop import shop

    for number in PROCESSES:
        run = Run("growing", 0, 0, os.environ["DATABASE_URL"])
        with shop(run, WEB_CONCURRENCY=str(number), **settings) as site:
            buyers = crowd(site, BUYERS)
            wanted.wanted_by_all = next(wanted.hot)
            for name, kind in KINDS.items():
                try:
                    cells = measured(site, database, buyers, wanted, kind)
                except AssertionError as problem:
                    problem.add_note(site.log[-5_000:])
                    raise
                yield f"| {number} | {name} | {cells} |"


def measured(
    site: Process,
    database: psutil.Process,
    buyers: list[Buyer],
    wanted: Wanted,
    kind: Callable[[Wanted, Buyer], Visit],
) -> str:
    servers = [psutil.Process(site.popen.pid), database]
    begun, before = monotonic(), [spent(server) for server in servers]
    wanted.times, wanted.until = [], begun + SECONDS
    drive({buyer: kind(wanted, buyer) for buyer in buyers})
    number, seconds = len(wanted.times), monotonic() - begun
    costs = [
        f"{1000 * (spent(server) - first) / number:.2f} ms"
        for server, first in zip(servers, before, strict=True)
    ]
    percent = quantiles(wanted.times, n=100)
    cells = [f"{number / seconds:.0f}", f"{percent[49]:.0f} ms, {percent[98]:.0f} ms", *costs]
    return " | ".join(cells)


def fill() -> Wanted:
    from django.core.management import call_command
    from django.db import connection

    from tests.torture.shop import put_on_sale

    call_command("migrate", verbosity=0)
    # The newest are on the first page, and no shop has thousands of them.
    hot = put_on_sale(items=len(PROCESSES), pieces=OF_THE_HOT_ONE)
    things = put_on_sale(items=THINGS, pieces=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    pages = [thing.get_absolute_url() for thing in things[-24:]]
    return Wanted(pages, iter([thing.pk for thing in things]), iter([each.pk for each in hot]))


def main() -> None:
    from bench.checking_out import mail_settings, up

    server = a_server()
    server.psql("CREATE DATABASE growing")
    os.environ["DATABASE_URL"] = database_url(server, "growing")
    django.setup()
    port, pid = free_port(), server.get_pid()
    assert pid
    print(HEADING)
    settings = {**mail_settings(port), "TIMER_SECONDS": "15"}
    with up(port):
        for line in by_processes(psutil.Process(pid), fill(), **settings):
            print(line, flush=True)
    print(f"Load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    prepare()
    if "--two-machines" in sys.argv:
        from bench.machines import main as on_machines

        with TemporaryDirectory(prefix="repairshop-machines-") as folder:
            on_machines(Path(folder))
    else:
        main()
