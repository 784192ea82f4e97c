"""Whether some order of calls, which were made at once, explains all of their answers.

Who was answered before another one called must come before it; else any order will do. That is
linearizability (Herlihy and Wing, 1990), and this the search of Wing and Gong with the memory of
Lowe (2017), which Knossos and porcupine use as well: it goes through the orders one call at a
time, and never twice through the same calls with the same end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from tests.torture.register import Call, Register

# Of so many it takes some seconds. There are a few hundred in an honest history.
MOST_STATES = 200_000


@dataclass
class Place:
    """How far one has come: the calls that are done, as bits, and what is so after them."""

    done: int
    state: Register
    calls: tuple[Call, ...] = ()


@dataclass
class Search:
    calls: Sequence[Call]
    start: Register
    seen: set[tuple[int, Register]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.calls = sorted(self.calls, key=lambda call: call.begun)
        # The place from which it went no further, of all the one with the most calls.
        self.furthest = Place(0, self.start)

    def order(self) -> tuple[Call, ...] | None:
        """An order that the rules allow; None when there is none."""
        places = [self.furthest]
        while places:
            place = self.with_what_changes_nothing(places.pop())
            if len(place.calls) == len(self.calls):
                return place.calls
            if (place.done, place.state) not in self.seen:
                self.note(place)
                places += self.further(place)
        return None

    def note(self, place: Place) -> None:
        self.seen.add((place.done, place.state))
        if len(self.seen) > MOST_STATES:
            raise RuntimeError(f"No order of {len(self.calls)} calls was found in time.")
        if len(place.calls) >= len(self.furthest.calls):
            self.furthest = place

    def next_calls(self, place: Place) -> list[int]:
        """Those before which no other one must come."""
        found = []
        first_end = inf
        for number, call in enumerate(self.calls):
            if place.done >> number & 1:
                continue
            if call.begun > first_end:
                break
            found.append(number)
            first_end = min(first_end, call.ended)
        return found

    def further(self, place: Place) -> list[Place]:
        """A call more, the one that was answered first last: it is tried first."""
        chosen = sorted(self.next_calls(place), key=lambda number: -self.calls[number].ended)
        return [after for number in chosen if (after := self.after(place, number))]

    def with_what_changes_nothing(self, place: Place) -> Place:
        """All calls more that can come now and never change anything: wherever else they may
        come, they may come here. What only changes nothing now may have to come later.
        """
        while True:
            for number in self.next_calls(place):
                if self.calls[number].changes_nothing and (after := self.after(place, number)):
                    place = after
                    break
            else:
                return place

    def after(self, place: Place, number: int) -> Place | None:
        state = place.state.after(self.calls[number])
        if state is None:
            return None
        return Place(place.done | 1 << number, state, (*place.calls, self.calls[number]))

    @property
    def why_not(self) -> str:
        """What could be ordered, and the calls of which none can come next."""
        stuck = [str(self.calls[number]) for number in self.next_calls(self.furthest)]
        told = len(self.furthest.calls)
        return f"after {told} of {len(self.calls)} calls none of these: {'; '.join(stuck)}"
