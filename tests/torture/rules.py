"""The rules of a hold: a machine that does anything, beside a model of a few lines.

Time is never waited for: `let_pass` moves every hold into the past. The model counts in
minutes; what the run itself takes is far less than one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any, ClassVar

from django.conf import settings as shop
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from bag.exceptions import NotEnoughAvailable
from bag.reservations import release_pieces
from bag.services import Taken, hold_pieces, release_holds, release_lapsed_holds, renew_holds
from invoices.orders.placing import Agreed, place_order
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece, PieceEvent
from store.services import transition_order
from store.tests.factories import make_item, new_order
from store.tests.time import let_pass
from tests.torture.model import HOLD, MINUTE, Model
from tests.torture.run import Result, Run

PROMISE = "5 The rules of a hold"
STEPS_OF_A_LIFE = 50
MANY_ROUNDS = 1_000
MOST_OF_A_CONTROL = 20_000

BAGS = ["ann", "ben"]
PIECES = (1, 3)

bags = st.sampled_from(BAGS)
items = st.integers(0, len(PIECES) - 1)
quantities = st.sampled_from([1, 1, 1, 2, 3])


class Rules(RuleBasedStateMachine):
    """Anything that shoppers, staff and the clock do to a hold, in any order.

    The services are attributes, so that a control can put a broken one in their place.
    """

    hold: ClassVar[Callable[..., Any]] = staticmethod(hold_pieces)
    renew: ClassVar[Callable[..., Any]] = staticmethod(renew_holds)
    release: ClassVar[Callable[..., Any]] = staticmethod(release_holds)
    tidy: ClassVar[Callable[..., Any]] = staticmethod(release_lapsed_holds)
    sam: User
    things: list[Item]
    done: Counter[str] = Counter()

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.model = Model([[piece.pk for piece in item.pieces.all()] for item in self.things])
        self.pieces: dict[int, list[int]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(item=items, quantity=quantities, bag=bags)
    def add(self, item: int, quantity: int, bag: str) -> None:
        allowed = self.model.take(item, quantity, bag)
        try:
            self.hold(item_id=self.things[item].pk, quantity=quantity, bag_key=bag)
        except NotEnoughAvailable:
            assert not allowed, "An available piece was refused."
        else:
            assert allowed, "A piece was taken that was not available."

    @rule(item=items, quantity=st.none() | quantities, bag=bags)
    def remove(self, item: int, quantity: int | None, bag: str) -> None:
        self.model.remove(bag, item, quantity)
        self.release(bag_key=bag, item_id=self.things[item].pk, quantity=quantity)

    @rule(bag=bags)
    def start_anew(self, bag: str) -> None:
        self.model.renew(bag)
        self.renew(bag_key=bag)

    @rule(minutes=st.sampled_from([5, HOLD - 5, HOLD, 2 * HOLD]))
    def time_passes(self, minutes: int) -> None:
        self.model.now += minutes
        let_pass(minutes * MINUTE)

    @rule()
    def timer_runs(self) -> None:
        self.model.tidy()
        self.tidy()

    @rule(target=orders, item=items, quantity=quantities, bag=bags)
    def order(self, item: int, quantity: int, bag: str) -> Any:
        allowed = self.model.order(item, quantity, bag)
        thing = self.things[item]
        agreed = {thing.pk: Agreed(quantity, thing.price, thing.shipping)}
        unsaved = new_order(bag, Order.objects.filter(bag_key=bag).count())
        try:
            placed = place_order(order=unsaved, agreed=agreed, site="https://localhost")
        except NotEnoughAvailable:
            assert not allowed, "What was in the bag, or available, could not be ordered."
            return multiple()
        assert allowed, "More was ordered than there was."
        self.pieces[placed.pk] = allowed
        return placed.pk

    @rule(order=orders, move=st.sampled_from([Order.Transition.PAY, Order.Transition.CANCEL]))
    def pay_or_cancel(self, order: int, move: Order.Transition) -> None:
        """Once for each order; afterwards neither is allowed."""
        pieces = self.pieces.pop(order, [])
        try:
            transition_order(order_id=order, transition=move, actor=None)
        except TransitionNotAllowed:
            assert not pieces, "An open order could be neither paid nor cancelled."
        else:
            assert pieces, "An order was moved twice."
        if move == Order.Transition.CANCEL:
            self.model.ordered -= set(pieces)

    @rule(item=items)
    def staff_release(self, item: int) -> None:
        for bag in BAGS:
            self.model.remove(bag, item, None)
        pieces = Piece.objects.filter(item=self.things[item])
        release_pieces(pieces=pieces, actor=self.sam, reason="It is wanted at the counter.")

    @invariant()
    def the_shop_is_as_the_model_says(self) -> None:
        type(self).done["steps"] += 1
        lapsed = PieceEvent.objects.filter(kind=PieceEvent.Kind.LAPSED)
        assert lapsed.count() == self.model.lapses
        available = {pk for item in range(len(PIECES)) for pk in self.model.available(item)}
        assert set_of(Piece.objects.available()) == available
        held = {
            piece.pk: (piece.held_by, ceil(piece.time_left / MINUTE))
            for piece in Piece.objects.held().with_time_left()
        }
        now = self.model.now
        assert held == {
            pk: (hold.bag, hold.until - now)
            for pk, hold in self.model.holds.items()
            if hold.until > now
        }


def set_of(pieces: Any) -> set[int]:
    return set(pieces.values_list("pk", flat=True))


def live(machine: type[Rules], *, steps: int, number: int, shrink: bool = True) -> int:
    """Let a machine live so many steps or more; return how many.

    Raises at a divergence, with `shrink` the shortest one that can be found in minutes.
    """
    before = Rules.done["steps"]
    with transaction.atomic():
        machine.sam = User.objects.create(email="sam@example.com")
        machine.things = [make_item(pieces=pieces) for pieces in PIECES]
        while (done := Rules.done["steps"] - before) < steps:
            lives = max(10, (steps - done) // STEPS_OF_A_LIFE)
            run_state_machine_as_test(
                seed(number + done)(machine), settings=lived(lives, shrink=shrink)
            )
        transaction.set_rollback(True)
    return done


def lived(lives: int, *, shrink: bool) -> settings:
    return settings(
        max_examples=lives,
        stateful_step_count=STEPS_OF_A_LIFE,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


class FailedAddStartsAnew(Rules):
    """pretix#1575: an add that failed prolonged what was in the cart already."""

    @staticmethod
    def hold(*, item_id: int, quantity: int, bag_key: str) -> Taken:
        try:
            return hold_pieces(item_id=item_id, quantity=quantity, bag_key=bag_key)
        except NotEnoughAvailable:
            until = Now() + shop.HOLD_FOR
            Piece.objects.held_by(bag_key).update(held_until=until)
            raise


class LapsedIsRevived(Rules):
    @staticmethod
    def renew(*, bag_key: str) -> int:
        until = Now() + shop.HOLD_FOR
        return Piece.objects.on_sale().filter(held_by=bag_key).update(held_until=until)


class OwnHoldIsInTheWay(Rules):
    """woocommerce#67354: what the shopper's own bag had reserved was out of stock."""

    @staticmethod
    def hold(*, item_id: int, quantity: int, bag_key: str) -> Taken:
        if Piece.objects.held_by(bag_key).filter(item=item_id).exists():
            raise NotEnoughAvailable(item_id=item_id, left=0)
        return hold_pieces(item_id=item_id, quantity=quantity, bag_key=bag_key)


BROKEN = [LapsedIsRevived, OwnHoldIsInTheWay, FailedAddStartsAnew]


def play(run: Run) -> Iterator[Result]:
    done = live(Rules, steps=run.rounds, number=run.seed)
    yield Result(PROMISE, f"{done:,} steps, no divergence", held=True)
    # The rarer a fault shows, the longer it takes to find.
    for machine in BROKEN if run.rounds >= MANY_ROUNDS else BROKEN[1:2]:
        yield control(machine, run)


def control(machine: type[Rules], run: Run) -> Result:
    try:
        done = live(machine, steps=MOST_OF_A_CONTROL, number=run.seed, shrink=False)
    except AssertionError:
        return Result(PROMISE, f"{machine.__name__} is found", held=False, control=True)
    return Result(PROMISE, f"{machine.__name__}: {done:,} steps", held=True, control=True)
