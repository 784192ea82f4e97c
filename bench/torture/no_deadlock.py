"""Row 4: fifty buyers take five things each in an order of their own, order them and cancel.

Everything goes over HTTP. Each buyer goes on as soon as an answer has come, so that adding,
ordering and cancelling meet each other, and the timer's sweeps, in every combination.
"""

from collections import Counter
from collections.abc import Iterator

from bench.torture.buyers import Answer, Buyer, Visit, checkout_form, crowd, drive
from bench.torture.run import Result, Run
from bench.torture.shop import deadlocks, put_on_sale, shop
from store.models import Item

PROMISE = "4 No deadlock"
BUYERS = 50
THINGS = 5
# Few enough that any two buyers want several of the same.
ON_SALE = 12


def play(run: Run) -> Iterator[Result]:
    yield checkouts(run)
    yield checkouts(run, control="controls.locks_in_any_order")


def checkouts(run: Run, *, control: str = "") -> Result:
    """Check out `run.rounds` times in all; a control only until the first deadlock is seen."""
    before = deadlocks()
    found: Counter[str] = Counter()
    rounds = run.counted()
    things = put_on_sale(items=ON_SALE, pieces=BUYERS)
    with shop(run, control=control, TIMER_SECONDS="1") as site:
        buyers = crowd(site, BUYERS)
        shopping = Shopping(run, things, rounds, found, until_it_fails=bool(control))
        drive({buyer: shopping.visits(buyer) for buyer in buyers})
    broken = deadlocks() - before
    figure = (
        f"{BUYERS} buyers, {THINGS} things each, {found['orders']:,} checkouts: "
        f"{broken} deadlocks, {found['5xx']} × 5xx, {found['refused']} refused"
    )
    held = not (broken or found["5xx"] or found["refused"])
    return Result(PROMISE, figure, held, control=bool(control))


class Shopping:
    def __init__(
        self,
        run: Run,
        things: list[Item],
        rounds: Iterator[int],
        found: Counter[str],
        *,
        until_it_fails: bool,
    ) -> None:
        self.dice = run.dice
        self.things = things
        self.rounds = rounds
        self.found = found
        self.until_it_fails = until_it_fails

    def visits(self, buyer: Buyer) -> Visit:
        """Go shopping again and again while there are rounds left."""
        for _ in self.rounds:
            if self.until_it_fails and self.found["5xx"]:
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
        self.found["5xx"] += answer.status >= 500
        self.found["refused"] += not right and answer.status < 500
        return right
