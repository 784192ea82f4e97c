"""The rules of a hold in plain Python, beside which `tests.torture.rules` runs the shop."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings

from store.stock import LONGEST_HOLD

MINUTE = timedelta(minutes=1)
HOLD = settings.HOLD_FOR // MINUTE


class Hold(NamedTuple):
    bag: str
    taken: int
    since: int
    until: int


@dataclass
class Model:
    """What must be true: which pieces are held, by whom, until which minute."""

    items: list[list[int]]
    now: int = 0
    takes: int = 0
    lapses: int = 0
    holds: dict[int, Hold] = field(default_factory=dict)
    ordered: set[int] = field(default_factory=set)

    def held(self, bag: str) -> list[int]:
        return [pk for pk, hold in self.holds.items() if hold.bag == bag and hold.until > self.now]

    def available(self, item: int) -> list[int]:
        held = {pk for pk, hold in self.holds.items() if hold.until > self.now}
        return [pk for pk in self.items[item] if pk not in held | self.ordered]

    def take(self, item: int, quantity: int, bag: str) -> bool:
        chosen = self.available(item)[:quantity]
        if len(chosen) < quantity:
            return False
        self.takes += 1
        for pk in chosen:
            self.end(pk)
            self.holds[pk] = Hold(bag, self.takes, self.now, self.now + HOLD)
        return True

    def renew(self, bag: str) -> None:
        for pk in self.held(bag):
            hold = self.holds[pk]
            limit = hold.since + LONGEST_HOLD * HOLD
            self.holds[pk] = hold._replace(until=min(self.now + HOLD, limit))

    def remove(self, bag: str, item: int, quantity: int | None) -> None:
        mine = [pk for pk in self.held(bag) if pk in self.items[item]]
        mine.sort(key=lambda pk: (self.holds[pk].taken, pk), reverse=True)
        for pk in mine[:quantity]:
            self.end(pk)

    def order(self, item: int, quantity: int, bag: str) -> list[int]:
        """Move pieces into an order, one's own first; none when there are too few.

        Of one's own, those that are held come before those whose hold has run out.
        """
        own = [pk for pk in self.items[item] if pk in self.holds and self.holds[pk].bag == bag]
        own.sort(key=lambda pk: self.holds[pk].until <= self.now)
        chosen = [*own, *(pk for pk in self.available(item) if pk not in own)][:quantity]
        if len(chosen) < quantity:
            return []
        self.ordered |= set(chosen)
        for pk in chosen:
            self.end(pk)
        return chosen

    def tidy(self) -> None:
        for pk in [pk for pk, hold in self.holds.items() if hold.until <= self.now]:
            self.end(pk)

    def end(self, piece: int) -> None:
        """Drop a hold that was written down; that it had lapsed is told once."""
        hold = self.holds.pop(piece, None)
        self.lapses += hold is not None and hold.until <= self.now
