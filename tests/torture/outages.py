"""Row 25: what the shop answers while one thing that it needs is away, slow or wrong.

Each outage lasts as many seconds as there are rounds, under the traffic of `outage_traffic`, on a
PostgreSQL of its own. It is told in a row of the table in docs/promises.md. With
`OUTAGES=Stripe,paused` in the environment only those are played whose names say so.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from time import monotonic

from invoices.payments import stripe_client
from tests.processes import wait_until
from tests.torture.hostile_files import drawn, saved
from tests.torture.invariants import NEVER
from tests.torture.outage_kinds import OUTAGES, PAUSED, Outage
from tests.torture.outage_traffic import Sample, Traffic, cell, longest
from tests.torture.outage_world import World, world
from tests.torture.run import Result, Run
from tests.torture.shop import shop

# Those before the photos need nothing but the database, and Stripe for a card.
OWN = ("catalogue", "thing", "add", "bag", "checkout", "order", "card")
PAGES = (*OWN, "send photo", "see photo", "healthz")
MOST_SECONDS, HEALTH_SECONDS, BACK_SECONDS = 1.0, 2.0, 10.0
# As long as somebody may wait for Stripe who wants to pay by card.
CALL_SECONDS = sum(stripe_client.TIMEOUT)
AGAIN_SECONDS = 10
CONTROL_SECONDS = 15
TRIES = 3
# A quarter of an hour, as `tests.environment` sets it.
BY_THE_CLOCK = {
    "a hold begins and ends by the database's clock": """
        SELECT count(*) FROM store_piece WHERE held_since > now() + interval '1 minute'
        OR held_until > now() + interval '16 minutes'
        OR held_until - held_since < interval '15 minutes'"""
}


@dataclass
class Trial:
    """A shop that outages befall; `usual` is how long pages take here when nothing is wrong."""

    run: Run
    world: World
    machines: ExitStack
    controls: list[str] = field(default_factory=lambda: ["closed"])
    usual: dict[str, float] = field(default_factory=dict)

    def befall_again(self, outage: Outage) -> list[str]:
        """A machine that has other things to do as well is asked again."""
        for _ in range(TRIES):
            if not (wrong := self.befall(outage)):
                break
        return wrong

    def befall(self, outage: Outage, *, control: str = "") -> list[str]:
        """What was wrong about the answers. Nothing, if all is as promised."""
        self.serve([control, outage.second] if outage.second else [control])
        traffic = self.visitors()
        traffic.fill_in()
        with traffic.going_on():
            self.wait_through(outage)
        heard = list(traffic.heard)
        outage.end(self.world)
        back = self.seconds_back()
        traffic.send_again()
        wait_until(lambda: self.world.sites[0].status("/healthz") == 200, seconds=180)
        wrong = [*self.faults(outage, heard), *self.never(traffic)]
        if back > BACK_SECONDS:
            wrong.append(f"back after {back:.1f} s")
        row = " | ".join(cell(of(page, heard)) for page in PAGES)
        self.run.say(f"| {outage.name}{', control' * bool(control)} | {row} | {back:.1f} s |")
        return [f"{outage.name}: {words}" for words in wrong]

    def serve(self, controls: list[str]) -> None:
        """Have the shop run on as many machines, with what is done to each."""
        if controls == self.controls:
            return
        self.machines.close()
        self.controls = controls
        self.world.sites = [
            self.machines.enter_context(shop(self.run, control=control, **self.world.settings))
            for control in controls
        ]
        self.visitors().warm_up()

    def visitors(self) -> Traffic:
        return Traffic([site.port for site in self.world.sites], self.world.shop)

    def wait_through(self, outage: Outage) -> None:
        outage.begin(self.world)
        over = monotonic() + self.run.rounds
        while monotonic() < over:
            pause_until(min(over, monotonic() + AGAIN_SECONDS))
            if outage.again and monotonic() < over:
                outage.again(self.world)

    def seconds_back(self) -> float:
        """How long until a page comes again."""
        [site, *_] = self.world.sites
        begun = monotonic()
        wait_until(lambda: site.status("/store/") == 200, seconds=60)
        return monotonic() - begun

    def faults(self, outage: Outage, heard: Sequence[Sample]) -> Iterator[str]:
        for page in PAGES:
            samples = of(page, heard)
            if outage.name == "nothing":
                self.usual[page] = longest(samples)
            if page == "healthz":
                if not any(outage.healthz in one.said for one in samples):
                    yield f"the health check did not say {outage.healthz!r}"
            else:
                yield from refusals(outage, page, samples)
            # On a machine that has other things to do as well, all takes longer.
            most = {"healthz": HEALTH_SECONDS, outage.waits: CALL_SECONDS}.get(page, MOST_SECONDS)
            if page in (*OWN, "healthz") and longest(samples) > most + self.usual.get(page, 0):
                yield f"{page} took {longest(samples):.1f} s"

    def never(self, traffic: Traffic) -> Iterator[str]:
        """What must not be: above all an order that came twice, or one that was told and is not."""
        found = dict(self.world.ask("SELECT email, count(*) FROM store_order GROUP BY email"))
        for email in traffic.begun:
            count = found.get(email, 0)
            if count > 1 or (email in traffic.placed and not count):
                yield f"{count} orders of {email}"
        for name, query in {**NEVER, **BY_THE_CLOCK}.items():
            if (count := self.world.ask(query)[0][0]) != 0:
                yield f"{count} × not so: {name}"


def play(run: Run) -> Iterator[Result]:
    words = os.environ.get("OUTAGES", "").split(",")
    wanted = [one for one in OUTAGES if any(word in one.name for word in words)]
    with world() as room, ExitStack() as machines:
        room.shop["photo"] = saved(drawn((1600, 1200)), "JPEG")
        trial = Trial(replace(run, database=room.url), room, machines)
        for group, outages in groupby(wanted, key=lambda outage: outage.group):
            played = list(outages)
            wrong = [words for outage in played for words in trial.befall_again(outage)]
            figure = (
                f"{len(played)} outages of {run.rounds} s each: {'; '.join(wrong) or 'as told'}"
            )
            yield Result(group, figure, held=not wrong)
        trial.run = trial.run.at_most(CONTROL_SECONDS)
        wrong = trial.befall(PAUSED, control="outage_kinds.silence_is_slowness")
        yield Result(PAUSED.group, "; ".join(wrong), held=not wrong, control=True)


def of(page: str, heard: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in heard if sample.page == page]


def refusals(outage: Outage, page: str, samples: Sequence[Sample]) -> Iterator[str]:
    broken = [one for one in samples if one.status >= 500 or not one.status]
    if rough := [one for one in broken if not one.is_plain_refusal]:
        yield f"{page} answered {rough[0]}"
    if outage.harmless and page in OWN and broken:
        yield f"{page} was refused {len(broken)} times"
    if outage.total and len(broken) < len(samples):
        yield f"{page} answered"


def pause_until(moment: float) -> None:
    wait_until(lambda: monotonic() >= moment, seconds=AGAIN_SECONDS + 60)
