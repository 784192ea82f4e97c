"""Row 14: paid around the deadline, while the timer ends the order and others want the thing.

Rounds are orders by card, paid from 2 seconds before to 30 minutes after their time.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import timedelta
from random import Random

from django.db.models.functions import Now
from django.test import Client

import invoices.orders.transitions
import invoices.payments.ledger
from bag.exceptions import NotEnoughAvailable
from invoices.models import PaymentAttempt
from store.models import Order, Piece
from tests.crowd import at_once
from tests.stripe_standin.driver import Standin, post, standin
from tests.torture.card_orders import (
    differences,
    latest,
    let_time_pass,
    opened,
    order_by_card,
    without,
)
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale

PROMISE = "14 Late money is never kept silently"
BEFORE, AFTER = 2, 30 * 60


def play(run: Run) -> Iterator[Result]:
    yield paid_late(run)
    yield paid_late(run.until_it_fails, control=True)


def paid_late(run: Run, *, control: bool = False) -> Result:
    found: Counter[str] = Counter()
    before = latest()
    with standin() as stripe, cancelling_unasked() if control else nullcontext():
        for _ in run.counted():
            found[Case(stripe, run.dice).play()] += 1
            if control and found["neither"]:
                break
        wrong = differences(stripe, after=before)
    figure = ", ".join(f"{count:,} {name}" for name, count in sorted(found.items()))
    good = not found["neither"] and not found["both"] and not wrong
    return Result(PROMISE, f"{figure}; {wrong} not as Stripe's ledger", good, control)


class Case:
    """One order whose customer pays at some time around the deadline."""

    def __init__(self, stripe: Standin, dice: Random) -> None:
        self.stripe, self.dice = stripe, dice
        [self.item] = put_on_sale(items=1, pieces=1)
        self.order = order_by_card(self.item)
        self.attempt = opened(self.order)
        self.session = str(self.attempt.session_id)

    def play(self) -> str:
        over = timedelta(seconds=self.dice.uniform(-BEFORE, AFTER))
        self.deadline(over)
        # Before, beside or after the timer: the last is a payment that was under way.
        self.dice.choice([self.before, self.beside, self.after])()
        for told in self.stripe.events("checkout.session.completed", about=self.session) * 2:
            post(Client(), told)
        self.deadline(timedelta(seconds=AFTER))
        let_time_pass()
        return self.end()

    def deadline(self, over: timedelta) -> None:
        """Its time ended so long ago."""
        Order.objects.filter(pk=self.order.pk).update(payment_due_at=Now() - over)
        PaymentAttempt.objects.filter(pk=self.attempt.pk).update(expires_at=Now() - over)

    def before(self) -> None:
        self.stripe.pay(self.session)
        let_time_pass(1)
        self.others()

    def beside(self) -> None:
        acts: list[Callable[[], object]] = [
            lambda: self.stripe.pay(self.session),
            lambda: let_time_pass(1),
            self.return_page,
            self.others,
        ]
        self.dice.shuffle(acts)
        for failure in at_once(acts):
            assert not isinstance(failure, Exception), failure

    def after(self) -> None:
        let_time_pass(1)
        if self.dice.random() < 0.5:
            self.others()
        self.stripe.pay_late(self.session)

    def return_page(self) -> None:
        Client().get(f"/invoices/{self.order.invoice.secret}/paid/")

    def others(self) -> None:
        """Somebody else takes the thing, if it can be had."""
        with suppress(NotEnoughAvailable):
            order_by_card(self.item)

    def end(self) -> str:
        """An order or the money back. Neither and both are what must not be."""
        self.order.refresh_from_db()
        told = self.stripe.events("checkout.session.completed", about=self.session)
        paid = [self.stripe.net(event["data"]["object"]["payment_intent"]) for event in told]
        sold = Piece.objects.filter(order=self.order, sold_at__isnull=False).exists()
        if self.order.paid_at and sold and sum(paid) == self.order.total:
            return "ordered"
        if self.order.state == Order.State.CANCELLED and not sold and sum(paid) == 0:
            return "refunded" if paid else "never paid"
        return "both" if sold else "neither"


def cancelling_unasked() -> AbstractContextManager[None]:
    """Without the question whether a session can still be paid, and without refunds."""

    def close(*, invoice_id: int) -> None:
        live = PaymentAttempt.objects.live().filter(invoice=invoice_id)
        live.update(state=PaymentAttempt.State.EXPIRED)

    return without(
        (invoices.orders.transitions, "close_payments", close),
        (invoices.payments.ledger, "refund_excess", lambda *_: None),
    )
