"""Row 2: sixty buyers after k pieces add, remove, order and cancel as they like.

Meanwhile holds lapse and orders are paid. At last everybody asks for one more.
"""

import re
from collections import Counter
from collections.abc import Iterator
from time import monotonic

from django.db import transaction

from invoices.orders.checkout import Summary
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece
from store.services import transition_order
from store.tests.time import let_holds_lapse
from tests.torture.buyers import Answer, Buyer, answers, checkout_form, crowd
from tests.torture.calls import Calls
from tests.torture.register import Call
from tests.torture.run import Result, Run
from tests.torture.shop import bag_key, put_on_sale, shop

PROMISE = "2 k pieces: never k+1, never fewer"
BUYERS = 60
MOST_PIECES = 7
WAVES = 2
HELD = re.compile(r"(?:(\d+) of \d+ h|H)eld for you until")


def play(run: Run) -> Iterator[Result]:
    yield from results(run)
    yield from results(run.until_it_fails, control="controls.check_then_write")


def results(run: Run, *, control: str = "") -> Iterator[Result]:
    found: Counter[str] = Counter()
    calls = Calls()
    with shop(run, control=control) as site:
        buyers = crowd(site, BUYERS)
        for number in run.counted():
            pieces = number % MOST_PIECES + 1
            [item] = put_on_sale(items=1, pieces=pieces)
            one = Round(run, buyers, item)
            found += one.play(pieces)
            calls.put_in_order(one.all_calls(), pieces=pieces)
            # One failure of each is all that is asked of a control.
            if control and found["oversold"] and calls.without_order:
                break
    yield result(found, control=bool(control))
    yield calls.result("2", control=bool(control))


def result(found: Counter[str], *, control: bool) -> Result:
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
        # What each is about to do, and which order it is about.
        self.doing: dict[Buyer, tuple[str, str]] = {}
        self.calls: list[Call] = []
        # How many pieces the buyers were shown at the checkout, and the holders of what lapsed.
        self.shown: dict[Buyer, int] = {}
        self.lapsed: list[tuple[float, float, list[str]]] = []
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
        forms = {buyer: checkout_form(page) for buyer, page in pages}
        for buyer, form in forms.items():
            self.shown[buyer] = self.count_of(form, buyer)
            self.calls.append(buyer.call("look", self.shown[buyer]))
        return forms

    def count_of(self, form: dict[str, str], buyer: Buyer) -> int:
        """How many pieces of the item a checkout's page has shown."""
        summary = Summary.read(form["summary"], bag_key(buyer)) if form else None
        return summary.lines[self.item.pk].quantity if summary else 0

    def act(self, buyer: Buyer, form: dict[str, str]) -> None:
        ordered = [path for path, owner in self.orders.items() if owner is buyer]
        if form:
            self.doing[buyer] = "order", ""
            buyer.press("/checkout/", **form)
        elif ordered and self.perhaps(0.3):
            self.cancelled.add(ordered[-1])
            self.doing[buyer] = "cancel", ordered[-1]
            buyer.press(f"{ordered[-1]}cancel/")
        elif buyer in self.winners and self.perhaps(0.4):
            self.doing[buyer] = "release", ""
            buyer.press(f"/bag/remove/{self.item.pk}/")
        else:
            self.take(buyer)

    def take(self, buyer: Buyer) -> None:
        self.doing[buyer] = "take", ""
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
            self.calls.append(self.told(buyer, answer))
        return sum(answer.in_the_bag for answer in heard)

    def told(self, buyer: Buyer, answer: Answer) -> Call:
        what, order = self.doing[buyer]
        if what == "order":
            placed = answer.location.startswith("/orders/")
            return buyer.call(what, (self.shown[buyer], placed), answer.location)
        return buyer.call(what, answer.in_the_bag if what == "take" else None, order)

    @transaction.atomic
    def let_some_lapse(self) -> None:
        """For the database, a day goes by for some of the holds."""
        begun = monotonic()
        held = list(self.pieces.held().values_list("pk", flat=True))
        wanted = [pk for pk in held if self.perhaps(0.3)]
        chosen = self.pieces.held().filter(pk__in=wanted).lock()
        holders = [str(key) for key in chosen.values_list("held_by", flat=True)]
        self.found["lapses"] += let_holds_lapse(chosen)
        transaction.on_commit(lambda: self.lapsed.append((begun, monotonic(), holders)))

    def pay_some(self) -> None:
        for order in Order.objects.filter(pieces__item=self.item, paid_at=None).distinct():
            if self.perhaps(0.3):
                self.pay(order)

    def pay(self, order: Order) -> None:
        begun, path = monotonic(), order.get_absolute_url()
        try:
            transition_order(order_id=order.pk, transition=Order.Transition.PAY, actor=None)
        except TransitionNotAllowed:
            paid = False
        else:
            paid = True
        self.calls.append(Call("shop", "pay", begun, monotonic(), paid, path))

    def all_calls(self) -> list[Call]:
        """With the buyers of what has lapsed by name: each has had one bag throughout."""
        known = [buyer for buyer in self.buyers if "sessionid" in buyer.cookies]
        names = {bag_key(buyer): buyer.address for buyer in known}
        for begun, ended, holders in self.lapsed:
            counts = Counter(names[holder] for holder in holders)
            lapse = Call("time", "lapse", begun, ended, tuple(sorted(counts.items())))
            self.calls.append(lapse)
        return self.calls

    def everybody_wants_one_more(self) -> bool:
        """Whether exactly the available pieces go to somebody."""
        self.let_some_lapse()
        available = self.pieces.available().count()
        for buyer in self.buyers:
            self.take(buyer)
        won = self.hear()
        self.found["oversold"] += won > available
        return won == available

    def told_the_truth(self) -> bool:
        """Whether bags and orders are, as their owners see them, those of the database."""
        standing = Order.objects.filter(pieces__item=self.item).distinct()
        paths = {order.get_absolute_url() for order in standing}
        orders_right = paths <= {*self.orders} and {*self.orders} - paths <= self.cancelled
        bags_right = [self.bag_is_right(buyer) for buyer in self.winners]
        return orders_right and all(bags_right)

    def bag_is_right(self, buyer: Buyer) -> bool:
        shown = held_on(buyer.see("/bag/"))
        self.calls.append(buyer.call("look", shown))
        return shown == self.pieces.held_by(bag_key(buyer)).count()

    def perhaps(self, probability: float) -> bool:
        return self.dice.random() < probability


def held_on(page: Answer) -> int:
    """How many pieces the bag's page says are held."""
    return sum(int(number or 1) for number in HELD.findall(page.content))
