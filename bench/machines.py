"""At what load one machine ends, and at what two do: `python -m bench.growing --two-machines`.

People come in as many requests a second as are asked for, whether or not those before were
answered, so that waiting in line is waiting, too. A machine has two web processes and a part of a
processor, which its control group sees to. Database, pool and router have what is left.
"""

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from statistics import quantiles
from subprocess import run as execute
from time import monotonic

import django

from bench.growing import Wanted, become_somebody_else, fill
from tests.torture.buyers import Answer, Buyer, Visit, checkout_form, crowd
from tests.torture.machines import Machine, missing, two_machines
from tests.torture.run import Run

# Of one processor, for each machine.
SHARE = 0.4
GROUPS = Path("/sys/fs/cgroup/cpu")
# A machine has ended when one in a hundred waits longer, or anybody is sent away, twice.
LONGEST = 1.0
SECONDS, PEOPLE, FIRST, STEP = 20, 150, 15, 1.3
HEADING = "| Machines | Asked a second | Answered | p50, p99 | Sent away |\n|---|---|---|---|---|"


@contextmanager
def limited(machines: tuple[Machine, ...]) -> Iterator[None]:
    """Each may use its share of a processor, whoever else could use more."""
    made = []
    try:
        for machine in machines:
            group = GROUPS / machine.name
            group.mkdir()
            made.append(group)
            period = int((group / "cpu.cfs_period_us").read_text())
            (group / "cpu.cfs_quota_us").write_text(str(int(SHARE * period)))
            there = execute(["ip", "netns", "pids", machine.name], capture_output=True, text=True)
            for pid in there.stdout.split():
                (group / "cgroup.procs").write_text(pid)
        yield
    finally:
        for group in made:
            for pid in (group / "cgroup.procs").read_text().split():
                (GROUPS / "cgroup.procs").write_text(pid)
            group.rmdir()


def visit(wanted: Wanted, buyer: Buyer) -> Visit:
    """Looks around, takes something, and orders it one time in five."""
    for number in count(1):
        become_somebody_else(buyer)
        for _ in range(2):
            buyer.ask("GET", "/store/")
            yield
            buyer.ask("GET", wanted.pages[number % len(wanted.pages)])
            yield
        buyer.press(f"/bag/add/{next(wanted.things)}/", quantity=1)
        yield
        buyer.ask("GET", "/bag/")
        yield
        if number % 5 == 0:
            buyer.ask("GET", "/checkout/")
            page = yield
            buyer.press("/checkout/", **checkout_form(page))
            yield


@dataclass
class Load:
    """So many requests a second, by whoever has nothing to wait for."""

    visits: dict[Buyer, Visit]
    # What each has heard last, which its visit goes on with.
    heard: dict[Buyer, Answer] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    sent_away: int = 0

    def come(self, rate: float) -> float:
        """Play a step, and return how many a second were answered."""
        self.waits, self.sent_away = [], 0
        begun = monotonic()
        plan = deque(begun + number / rate for number in range(int(SECONDS * rate)))
        free, due = deque(self.visits), dict[Buyer, float]()
        with DefaultSelector() as waiting:
            for buyer in self.visits:
                waiting.register(buyer.socket, EVENT_READ, buyer)
            while plan or due:
                while plan and free and plan[0] <= monotonic():
                    due[free[0]] = plan.popleft()
                    self.go_on(free.popleft())
                rest = max(0, plan[0] - monotonic()) if plan and free else None
                for key, _ in waiting.select(rest):
                    self.hear(key.data, since=due.pop(key.data))
                    free.append(key.data)
        return len(self.waits) / (monotonic() - begun)

    def go_on(self, buyer: Buyer) -> None:
        if answer := self.heard.get(buyer):
            self.visits[buyer].send(answer)
        else:
            next(self.visits[buyer])

    def hear(self, buyer: Buyer, *, since: float) -> None:
        answer = self.heard[buyer] = buyer.heard()
        self.waits.append(monotonic() - since)
        self.sent_away += answer.status >= 400


def until_the_end(run: Run, wanted: Wanted, settings: dict[str, str]) -> Iterator[str]:
    """More and more, until too many of them wait too long."""
    from tests.torture.shop import shop

    with shop(run, **settings) as site, limited(run.machines):
        load = Load({buyer: visit(wanted, buyer) for buyer in crowd(site, PEOPLE)})
        # What each process keeps in memory is made once.
        for _ in range(3):
            load.come(FIRST)
        rate, ends = float(FIRST), 0
        # Once may be chance: the same again.
        while ends < 2:
            answered = load.come(rate)
            percent = quantiles(load.waits, n=100)
            is_over = percent[98] > LONGEST or load.sent_away > 0
            cells = f"{rate:.0f} | {answered:.0f} | {percent[49]:.2f} s, {percent[98]:.2f} s"
            yield f"| {len(run.machines)} | {cells} | {load.sent_away} |"
            ends = ends + 1 if is_over else 0
            rate *= 1 if is_over else STEP


def main(folder: Path) -> None:
    quota = GROUPS / "cpu.cfs_quota_us"
    if names := [*missing(), *([] if quota.exists() else [str(quota)])]:
        sys.exit(f"Two machines need what is not on this one: {', '.join(names)}.")
    folder.chmod(0o755)
    with two_machines(folder, "fsync=on") as (machines, server, pool):
        # Mails are written, and wait: nobody listens there.
        settings = {"WEB_CONCURRENCY": "2", "EMAIL_URL": "smtp://127.0.0.1:9"}
        os.environ |= {"DATABASE_URL": server.url, "DATABASE_POOLED": "True", **settings}
        django.setup()
        wanted = fill()
        print(HEADING)
        for used in (machines[:1], machines):
            run = Run("growing", 0, 0, pool, used)
            for line in until_the_end(run, wanted, settings):
                print(line, flush=True)
