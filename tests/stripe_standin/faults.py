"""What goes wrong on demand, drawn from a seed.

    {"seed": 7,
     "calls": [{"path": "/v1/refunds", "kind": "error", "next": 1},
               {"path": "/v1/*", "method": "POST", "kind": "hang", "probability": 0.1,
                "seconds": 6}],
     "events": {"duplicate": 0.2, "shuffle": 0.5, "delay": 0.1, "drop": 0.1}}

Kinds of calls: `error` (500 after the effect), `error_before`, `hang` (answers `seconds`
after the effect), `slow` (the effect comes after `seconds`), `429`, `409`, `reset` (the
connection, after the effect), `reset_before`.
"""

from dataclasses import dataclass
from fnmatch import fnmatch
from random import Random
from threading import Lock
from typing import Any

KINDS = ("error", "error_before", "hang", "slow", "429", "409", "reset", "reset_before")
EVENTS = ("duplicate", "shuffle", "delay", "drop", "seconds")


@dataclass
class Rule:
    kind: str
    path: str = "/v1/*"
    method: str = ""
    next: int = 0
    probability: float = 0
    seconds: float = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(self.kind)

    def strikes(self, method: str, path: str, random: Random) -> bool:
        if self.method not in {"", method} or not fnmatch(path, self.path):
            return False
        if self.next:
            self.next -= 1
            return True
        return random.random() < self.probability


class Faults:
    def __init__(self) -> None:
        self.lock = Lock()
        self.set({})

    def set(self, wanted: dict[str, Any]) -> None:
        """Replace all faults; an empty dict means that nothing goes wrong."""
        events = dict(wanted.get("events", {}))
        if unknown := events.keys() - set(EVENTS):
            raise ValueError(*unknown)
        with self.lock:
            self.random = Random(wanted.get("seed", 0))
            self.rules = [Rule(**rule) for rule in wanted.get("calls", [])]
            self.events = events

    def of_call(self, method: str, path: str) -> Rule | None:
        with self.lock:
            struck = (rule for rule in self.rules if rule.strikes(method, path, self.random))
            return next(struck, None)

    def pauses(self) -> list[float]:
        """After how many seconds an event is sent, for each time that it is sent."""
        with self.lock:
            if self.strikes("drop"):
                return []
            times = 2 if self.strikes("duplicate") else 1
            return [self.pause() for _ in range(times)]

    def pause(self) -> float:
        pause = self.random.uniform(0, 0.5) if self.strikes("shuffle") else 0.0
        return pause + (self.events.get("seconds", 2) if self.strikes("delay") else 0)

    def strikes(self, name: str) -> bool:
        return self.random.random() < float(self.events.get(name, 0))
