"""One row's run and what it finds."""

import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tests.environment import TEST_ENVIRONMENT
from tests.torture.machines import Machine

ROUNDS_OF_A_CONTROL = 100


class Result(NamedTuple):
    """A promise and the figure found; of a control, `held` is what must not be.

    What was not `played` to its end says nothing about the shop, and is not good either.
    """

    promise: str
    figure: str
    held: bool
    control: bool = False
    played: bool = True

    @property
    def good(self) -> bool:
        return self.played and self.held != self.control

    @property
    def verdict(self) -> str:
        if not self.played:
            return "NOT PLAYED"
        if self.control:
            return "DID NOT FAIL" if self.held else "failed as it must"
        return "held" if self.held else "BROKEN"


@dataclass
class Run:
    """What a row is given: its name, how many rounds, and where the shop's database is.

    On `machines`, where there are any, its web processes run, with the settings of `buckets`.
    """

    name: str
    rounds: int
    seed: int
    database: str
    machines: tuple[Machine, ...] = ()
    buckets: dict[str, str] = field(default_factory=dict)

    @cached_property
    def dice(self) -> random.Random:
        """The same for the same seed, whichever other rows are played."""
        return random.Random(f"{self.seed} {self.name}")

    @property
    def until_it_fails(self) -> "Run":
        """The same for a control, which ends at its first failure and needs luck to have one."""
        return replace(self, rounds=max(self.rounds, ROUNDS_OF_A_CONTROL))

    def at_most(self, rounds: int) -> "Run":
        """The same for a control that fails as surely when it is smaller."""
        return replace(self, rounds=min(self.rounds, rounds))

    def say(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def counted(self) -> Iterator[int]:
        """The numbers of the rounds; says now and then how far it is."""
        step = max(1, self.rounds // 10)
        for number in range(self.rounds):
            if number and number % step == 0:
                self.say(f"{self.name}: {number} of {self.rounds}")
            yield number


def prepare() -> None:
    """Put the torture runs' settings into the environment, before Django reads them."""
    os.environ.update(TEST_ENVIRONMENT)
    os.environ.update(PRODUCTION)
    for name in ("MEDIA_ROOT", "PRIVATE_MEDIA_ROOT"):
        os.environ[name] = str(Path(tempfile.mkdtemp(prefix="repairshop-media-")))


PRODUCTION = {
    "DEBUG": "False",
    "DJANGO_SETTINGS_MODULE": "tests.torture.settings",
    "TRUSTED_PROXIES": "1",
}
