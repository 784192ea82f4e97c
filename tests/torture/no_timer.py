"""Row 6: the shop without its timer."""

from collections import Counter
from collections.abc import Iterator

from store.models import Piece
from store.tests.time import let_holds_lapse
from tests.torture.buyers import crowd
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale, shop

PROMISE = "6 Free the second time is up"


def play(run: Run) -> Iterator[Result]:
    yield lapsing(run)
    yield lapsing(run, control="faulty.free_needs_the_timer")


def lapsing(run: Run, *, control: str = "") -> Result:
    """Let one visitor's hold lapse and another ask for the thing, with nothing in between."""
    found: Counter[str] = Counter()
    with shop(run, control=control, TIMER="off") as site:
        first, next_one = crowd(site, 2)
        for _ in run.counted():
            [item] = put_on_sale(items=1, pieces=1)
            first.press(f"/bag/add/{item.pk}/", quantity=1)
            found["held"] += first.heard().in_the_bag
            let_holds_lapse(Piece.objects.held())
            next_one.press(f"/bag/add/{item.pk}/", quantity=1)
            found["taken again"] += next_one.heard().in_the_bag
    figure = f"TIMER=off: {found['held']} lapsed, {found['taken again']} taken by the next at once"
    held = found["held"] == found["taken again"] == run.rounds
    return Result(PROMISE, figure, held, control=bool(control))
