"""Row 4: fifty buyers take five things each in an order of their own, order them and cancel.

Each buyer goes on as soon as an answer has come, so that adding, ordering and cancelling meet
each other, and the timer's sweeps, in every combination. One checkout in four goes over HTTP. The
others, for which there would not be time, are made beside them by processes that call the same
services as the pages do, for the same things.
"""

from collections import Counter
from collections.abc import Iterator

from store.models import Item
from tests.torture.buyers import Answer, Buyer, Visit, checkout_form, crowd, drive
from tests.torture.direct import shopping_beside
from tests.torture.run import Result, Run
from tests.torture.shop import deadlocks, put_on_sale, shop

PROMISE = "4 No deadlock"
BUYERS = 50
THINGS = 5
# Few enough that two buyers mostly want some of the same.
ON_SALE = 25
PIECES = 40


def play(run: Run) -> Iterator[Result]:
    yield checkouts(run)
    yield checkouts(run, control="controls.locks_in_any_order")


def checkouts(run: Run, *, control: str = "") -> Result:
    """Check out `run.rounds` times in all; a control only until something fails."""
    before = deadlocks()
    things = put_on_sale(items=ON_SALE, pieces=PIECES)
    beside = 0 if control else run.rounds * 3 // 4
    shopping = Shopping(run, things, run.rounds - beside, until_it_fails=bool(control))
    with (
        shop(run, control=control, TIMER_SECONDS="1") as site,
        shopping_beside(f"{run.seed}", things, each=THINGS, checkouts=beside) as others,
    ):
        drive({buyer: shopping.visits(buyer) for buyer in crowd(site, BUYERS)})
        found = sum((other.result() for other in others), shopping.found)
    broken = deadlocks() - before
    figure = (
        f"{BUYERS} buyers, {THINGS} things each, {found['orders']:,} checkouts, "
        f"{shopping.found['orders']:,} over HTTP: "
        f"{broken} deadlocks, {found['errors']} errors{kinds_of_errors(found)}, "
        f"{found['refused']} refused"
    )
    held = not (broken or found["errors"] or found["refused"])
    return Result(PROMISE, figure, held, control=bool(control))


def kinds_of_errors(found: Counter[str]) -> str:
    """In brackets; a starved machine's 503, after ten seconds in a queue, is no deadlock."""
    kinds = sorted(name for name in found if name.startswith("error "))
    return f" ({', '.join(f'{found[kind]} × {kind[6:]}' for kind in kinds)})" if kinds else ""


class Shopping:
    def __init__(
        self, run: Run, things: list[Item], checkouts: int, *, until_it_fails: bool
    ) -> None:
        self.dice = run.dice
        self.things = things
        self.rounds = iter(range(checkouts))
        self.until_it_fails = until_it_fails
        self.found: Counter[str] = Counter()

    def visits(self, buyer: Buyer) -> Visit:
        """Go shopping again and again while there are rounds left."""
        for _ in self.rounds:
            if self.until_it_fails and self.found["errors"]:
                return
            buyer.forget_everything()
            yield from self.visit(buyer)

    def visit(self, buyer: Buyer) -> Visit:
        for item in self.dice.sample(self.things, THINGS):
            buyer.press(f"/bag/add/{item.pk}/", quantity=1)
            self.note((yield), wanted="/bag/")
        buyer.ask("GET", "/checkout/")
        buyer.press("/checkout/", **checkout_form((yield)))
        placed = yield
        if self.note(placed, wanted="/orders/"):
            self.found["orders"] += 1
            buyer.press(f"{placed.location}cancel/")
            self.note((yield), wanted="/orders/")

    def note(self, answer: Answer, *, wanted: str) -> bool:
        """Count an answer that does not lead where it should; return whether it does."""
        right = answer.location.startswith(wanted)
        if answer.status >= 500:
            self.found.update(["errors", f"error {answer.status}"])
        self.found["refused"] += not right and answer.status < 500
        return right
