"""Row 2: sixty buyers after k pieces add, remove, order and cancel as they like.

Meanwhile holds lapse and orders are paid. At last everybody asks for one more.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece
from store.services import transition_order
from store.tests.time import let_holds_lapse
from tests.torture.buyers import Answer, Buyer, answers, checkout_form, crowd
from tests.torture.run import Result, Run
from tests.torture.shop import bag_key, put_on_sale, shop

PROMISE = "2 k pieces: never k+1, never fewer"
BUYERS = 60
MOST_PIECES = 7
WAVES = 2
HELD = re.compile(r"(?:(\d+) of \d+ h|H)eld for you until")


def play(run: Run) -> Iterator[Result]:
    yield result(rounds(run))
    yield result(rounds(run.until_it_fails, control="controls.check_then_write"), control=True)


def rounds(run: Run, *, control: str = "") -> Counter[str]:
    found: Counter[str] = Counter()
    with shop(run, control=control) as site:
        buyers = crowd(site, BUYERS)
        for number in run.counted():
            pieces = number % MOST_PIECES + 1
            [item] = put_on_sale(items=1, pieces=pieces)
            found += Round(run, buyers, item).play(pieces)
            # One failure is all that is asked of a control.
            if control and found["oversold"]:
                break
    return found


def result(found: Counter[str], *, control: bool = False) -> Result:
    figure = (
        f"{BUYERS} buyers, {found['rounds']:,} rounds: sold + held = k in {found['exact']:,}, "
        f"{found['oversold']:,} oversold; "
        f"{found['orders']:,} orders, {found['lapses']:,} lapses, {found['errors']} errors"
    )
    return Result(
        PROMISE, figure, found["exact"] == found["rounds"] and not found["errors"], control
    )


class Round:
    """One item and everything the buyers were told about it."""

    def __init__(self, run: Run, buyers: list[Buyer], item: Item) -> None:
        self.dice = run.dice
        self.buyers = buyers
        self.item = item
        self.pieces = Piece.objects.filter(item=item)
        self.winners: set[Buyer] = set()
        self.orders: dict[str, Buyer] = {}
        self.cancelled: set[str] = set()
        self.found = Counter(rounds=1)

    def play(self, pieces: int) -> Counter[str]:
        for buyer in self.buyers:
            buyer.forget_everything()
        for _ in range(WAVES):
            self.wave()
        won_at_last = self.everybody_wants_one_more()
        taken = self.pieces.on_sale().held().count() + self.pieces.exclude(order=None).count()
        exact = won_at_last and taken == pieces and self.told_the_truth()
        return self.found + Counter(exact=exact, orders=len(self.orders))

    def wave(self) -> None:
        """Everybody does something at once, while holds lapse and orders are paid."""
        forms = self.checkouts()
        for buyer in self.buyers:
            self.act(buyer, forms.get(buyer, {}))
        self.let_some_lapse()
        self.pay_some()
        self.hear()

    def checkouts(self) -> dict[Buyer, dict[str, str]]:
        going = [buyer for buyer in self.buyers if buyer in self.winners and self.perhaps(0.3)]
        for buyer in going:
            buyer.ask("GET", "/checkout/")
        pages = zip(going, answers(going), strict=True)
        return {buyer: checkout_form(page) for buyer, page in pages}

    def act(self, buyer: Buyer, form: dict[str, str]) -> None:
        ordered = [path for path, owner in self.orders.items() if owner is buyer]
        if form:
            buyer.press("/checkout/", **form)
        elif ordered and self.perhaps(0.3):
            self.cancelled.add(ordered[-1])
            buyer.press(f"{ordered[-1]}cancel/")
        elif buyer in self.winners and self.perhaps(0.4):
            buyer.press(f"/bag/remove/{self.item.pk}/")
        else:
            buyer.press(f"/bag/add/{self.item.pk}/", quantity=1)

    def hear(self) -> int:
        """Note what everybody is told; return how many have got one."""
        heard = answers(self.buyers)
        for buyer, answer in zip(self.buyers, heard, strict=True):
            if answer.in_the_bag:
                self.winners.add(buyer)
            if answer.location.startswith("/orders/"):
                self.orders.setdefault(answer.location, buyer)
            self.found["errors"] += answer.status >= 400
        return sum(answer.in_the_bag for answer in heard)

    def let_some_lapse(self) -> None:
        """For the database, a day goes by for some of the holds."""
        held = list(self.pieces.held().values_list("pk", flat=True))
        chosen = self.pieces.held().filter(pk__in=[pk for pk in held if self.perhaps(0.3)])
        self.found["lapses"] += let_holds_lapse(chosen)

    def pay_some(self) -> None:
        for order in Order.objects.filter(pieces__item=self.item, paid_at=None).distinct():
            with suppress(TransitionNotAllowed):
                if self.perhaps(0.3):
                    transition_order(order_id=order.pk, transition=Order.Transition.PAY, actor=None)

    def everybody_wants_one_more(self) -> bool:
        """Whether exactly the available pieces go to somebody."""
        self.let_some_lapse()
        available = self.pieces.available().count()
        for buyer in self.buyers:
            buyer.press(f"/bag/add/{self.item.pk}/", quantity=1)
        won = self.hear()
        self.found["oversold"] += won > available
        return won == available

    def told_the_truth(self) -> bool:
        """Whether bags and orders are, as their owners see them, those of the database."""
        standing = Order.objects.filter(pieces__item=self.item).distinct()
        paths = {order.get_absolute_url() for order in standing}
        orders_right = paths <= {*self.orders} and {*self.orders} - paths <= self.cancelled
        return orders_right and all(
            held_on(buyer.see("/bag/")) == self.pieces.held_by(bag_key(buyer)).count()
            for buyer in self.winners
        )

    def perhaps(self, probability: float) -> bool:
        return self.dice.random() < probability


def held_on(page: Answer) -> int:
    """How many pieces the bag's page says are held."""
    return sum(int(number or 1) for number in HELD.findall(page.content))
