"""What the shop may answer about one item: a register with as many places as it has pieces.

With one piece it has one owner at a time. It knows what each caller has been told, and nothing of
how the shop remembers that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self


class Call(NamedTuple):
    """Who called what, from when until when, and the answer. `subject` is an order's address."""

    who: str
    what: str
    begun: float
    ended: float
    answer: Any = None
    subject: str = ""

    @property
    def changes_nothing(self) -> bool:
        """Whatever is so before it: a look, and whatever was refused."""
        refused = self.answer[1:] == (False,) if self.what == "order" else self.answer is False
        return self.what == "look" or refused

    def __str__(self) -> str:
        what = f"{self.what} {self.subject}".strip()
        return f"{self.who}: {what} → {self.answer} ({self.begun:.4f}–{self.ended:.4f})"


@dataclass(frozen=True)
class Register:
    """How many pieces are free, held by whom, in which unpaid orders; the rest is sold."""

    free: int
    held: frozenset[tuple[str, int]] = frozenset()
    ordered: frozenset[tuple[str, int]] = frozenset()

    def after(self, call: Call) -> Self | None:
        """What is so after a call; None when it could not have been answered like that now."""
        after: Self | None = getattr(self, call.what)(call)
        return after

    def take(self, call: Call) -> Self | None:
        """One piece more, unless none is free: no refusal while there is one."""
        if call.answer != (self.free > 0):
            return None
        return self.moved({call.who: 1}) if call.answer else self

    def look(self, call: Call) -> Self | None:
        """How many a page says that one has."""
        return self if call.answer == dict(self.held).get(call.who, 0) else None

    def release(self, call: Call) -> Self:
        return self.moved({call.who: -dict(self.held).get(call.who, 0)})

    def lapse(self, call: Call) -> Self | None:
        """The time of so many of each holder's pieces is over."""
        owned = dict(self.held)
        if any(owned.get(who, 0) < count for who, count in call.answer):
            return None
        return self.moved({who: -count for who, count in call.answer})

    def order(self, call: Call) -> Self | None:
        """Of one's own pieces, and of free ones for those whose time is over; all or nothing."""
        count, placed = call.answer
        own = min(count, dict(self.held).get(call.who, 0))
        if placed != (own + self.free >= count):
            return None
        if not placed:
            return self
        order = frozenset({(call.subject, count)})
        left = self.moved({call.who: -own})
        return replace(left, free=left.free - count, ordered=self.ordered | order)

    def cancel(self, call: Call) -> Self:
        """An order that is not paid ends; any other stays as it is."""
        count = dict(self.ordered).get(call.subject, 0)
        return replace(self.without(call.subject), free=self.free + count)

    def pay(self, call: Call) -> Self | None:
        if call.answer != (call.subject in dict(self.ordered)):
            return None
        return self.without(call.subject)

    def moved(self, gained: Mapping[str, int]) -> Self:
        """Some hold more than before, or less."""
        owned = dict(self.held)
        for who, count in gained.items():
            owned[who] = owned.get(who, 0) + count
        held = frozenset((who, count) for who, count in owned.items() if count)
        return replace(self, free=self.free - sum(gained.values()), held=held)

    def without(self, order: str) -> Self:
        return replace(self, ordered=frozenset(one for one in self.ordered if one[0] != order))
