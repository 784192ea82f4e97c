"""Row 13: what Stripe tells, in every order, twice, and what others pretend that it tells.

Rounds are orders that are paid, refunded in part and disputed in vain at Stripe. There are 720
orders of their six events, and seven places among them for the page that customers return to.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import permutations
from typing import Any

from django.db.models import Sum
from django.test import Client
from stripe import WebhookSignature

from invoices.models import PaymentAttempt, StripeEvent
from invoices.payments import stripe_client
from invoices.payments import views as payment_views
from invoices.payments.card import attempt_of, write_facts
from invoices.payments.minor_units import from_minor_units
from invoices.payments.stripe_client import Facts, SignedEvent
from mail.models import Mail
from store.models import Order
from tests.stripe_standin.driver import SECRET, Standin, post, standin
from tests.torture.card_orders import differences, latest, opened, order_by_card, without
from tests.torture.run import Result, Run

ORDERS = "13 Events in any order and number"
FORGERIES = "13 Forged and old events"
# Each with how much must have happened at Stripe before it is told.
KINDS = {
    "checkout.session.completed": 1,
    "payment_intent.succeeded": 1,
    "charge.succeeded": 1,
    "charge.refunded": 2,
    "charge.dispute.created": 3,
    "charge.dispute.closed": 4,
}
FORGERIES_PER_ROUND = 7
SMALL = 12


def play(run: Run) -> Iterator[Result]:
    yield orders(run)
    yield forgeries(run)
    yield orders(run.until_it_fails, control=True)
    yield forgeries(run.at_most(SMALL), control=True)


def orders(run: Run, *, control: bool = False) -> Result:
    found: Counter[object] = Counter()
    before = latest()
    all_orders = list(permutations(KINDS))
    run.dice.shuffle(all_orders)
    with standin() as stripe, believing_events() if control else nullcontext():
        for number in run.counted():
            # Each order meets each place once in seven times 720 rounds.
            place = (number + number // len(all_orders)) % (len(KINDS) + 1)
            order = all_orders[number % len(all_orders)]
            found[Payment(stripe).replay(twice(run, order), place)] += 1
            if control and len(found) > 1:
                break
        wrong = differences(stripe, after=before)
    figure = (
        f"{found.total():,} orders of {len(KINDS)} events, each twice: {len(found)} end state(s), "
        f"{wrong} not as Stripe's ledger"
    )
    return Result(ORDERS, figure, found.keys() == {AS_IT_SHOULD} and not wrong, control)


def twice(run: Run, order: tuple[str, ...]) -> list[str]:
    """Each event once more, somewhere after the first time."""
    told = list(order)
    for kind in order:
        told.insert(run.dice.randint(told.index(kind) + 1, len(told)), kind)
    return told


class Payment:
    """One order and what becomes of its money at Stripe, no sooner than events tell of it."""

    def __init__(self, stripe: Standin) -> None:
        self.stripe = stripe
        self.client = Client(raise_request_exception=False)
        self.order = order_by_card()
        self.invoice = self.order.invoice
        self.session = str(opened(self.order).session_id)
        self.steps: list[Callable[[], None]] = [self.pay, self.refund, self.dispute, self.win]
        self.happened = 0
        self.answers: set[int] = set()

    def replay(self, kinds: list[str], place: int) -> object:
        """Tell of it in this order, with the return page at a place; return how it ends."""
        for number, kind in enumerate(kinds):
            if number == place:
                self.return_page()
            self.deliver(kind)
        if place >= len(kinds):
            self.return_page()
        return end_of(self.order, self.answers)

    def deliver(self, kind: str) -> None:
        while self.happened < KINDS[kind]:
            self.steps[self.happened]()
            self.happened += 1
        event = self.stripe.events(kind, about=self.intent)[0]
        self.answers.add(post(self.client, event))

    def return_page(self) -> None:
        self.answers.add(self.client.get(f"/invoices/{self.invoice.secret}/paid/").status_code)

    def pay(self) -> None:
        self.stripe.pay(self.session)
        [told] = self.stripe.events("checkout.session.completed", about=self.session)
        self.intent = told["data"]["object"]["payment_intent"]

    def refund(self) -> None:
        self.stripe.refund(self.intent, 100)

    def dispute(self) -> None:
        self.disputed = self.stripe.dispute(self.intent)

    def win(self) -> None:
        self.stripe.close_dispute(self.disputed, "won")


def end_of(order: Order, answers: set[int]) -> object:
    """All that must be the same whichever way it was told."""
    order.refresh_from_db()
    [attempt] = PaymentAttempt.objects.filter(invoice__order=order)
    payments = attempt.payments.values_list("reference").annotate(Sum("amount")).order_by()
    sums = frozenset((reference[:2], str(amount)) for reference, amount in payments if amount)
    confirmed = Mail.objects.filter(event="invoices.placed", about=str(order)).count()
    return bool(order.paid_at), attempt.state, sums, confirmed, answers <= {200, 302}


AS_IT_SHOULD = (True, "paid", frozenset({("pi", "9.00"), ("re", "-1.00")}), 1, True)


def forgeries(run: Run, *, control: bool = False) -> Result:
    """Events that would make an order paid, if anybody believed them."""
    count, accepted = run.rounds * FORGERIES_PER_ROUND, 0
    with standin(), believing_signatures() if control else nullcontext():
        order = order_by_card()
        attempt = opened(order)
        client = Client(raise_request_exception=False)
        # Each refusal is a line in the log.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        for number in range(count):
            body, signature = forged(attempt, number)
            sent = client.post(
                "/stripe/webhook/",
                body,
                content_type="application/json",
                headers={"Stripe-Signature": signature} if signature else {},
            )
            accepted += sent.status_code != 400
        logging.getLogger("django.request").setLevel(logging.NOTSET)
        accepted = max(accepted, StripeEvent.objects.filter(attempt=attempt).count())
    return Result(FORGERIES, f"{accepted:,} of {count:,} accepted", accepted == 0, control)


def forged(attempt: PaymentAttempt, number: int) -> tuple[str, str]:
    """The body and signature of one that Stripe did not sign, or not of late."""
    about: dict[str, Any] = {"id": attempt.session_id, "object": "checkout.session", "metadata": {}}
    event = {"id": f"evt_{number}", "object": "event", "type": "checkout.session.completed"}
    body = json.dumps({**event, "data": {"object": about}})
    now = int(time.time())
    sign = WebhookSignature.generate_signature_header
    true = sign(body, SECRET, now)
    return [
        (body, ""),
        (body, sign(body, "whsec_of_a_stranger", now)),
        (body, sign(body, SECRET, now - 301 - number)),
        (body + " ", true),
        (body, true.replace("v1=", "v0=")),
        (body, true.replace(f"t={now}", f"t={now + 1}")),
        (body.replace("completed", "expired"), true),
        (body, f"t={now},v1="),
        (body, sign(body, "", now)),
        (body, true[:-1]),
    ][number % 10]


def believing_events() -> AbstractContextManager[None]:
    """Without the question to Stripe: what an event says counts, whenever it comes."""
    bodies: dict[str, Any] = {}

    def read(body: bytes, signature: str) -> SignedEvent:
        event = stripe_client.read_event(body, signature)
        bodies[event.id] = json.loads(body)
        return event

    return without(
        (payment_views, "read_event", read),
        (payment_views, "act_on", lambda event: believe(event, bodies[event.id]["data"]["object"])),
    )


def believe(event: SignedEvent, about: dict[str, Any]) -> None:
    attempt = attempt_of(event)
    if attempt is None:
        return
    entries = {}
    if event.type == "charge.refunded":
        entries[f"re of {about['id']}"] = from_minor_units(-about["amount_refunded"], "EUR")
    elif event.type.startswith("charge.dispute"):
        away = 0 if about["status"] == "won" else about["amount"]
        entries[about["id"]] = from_minor_units(-away, "EUR")
    else:
        entries[event.payment_intent] = attempt.amount
    facts = Facts("complete", paid=True, payment_intent=event.payment_intent, entries=entries)
    write_facts(attempt_id=attempt.pk, version=attempt.version, facts=facts, event=event)


def believing_signatures() -> AbstractContextManager[None]:
    """Without the check of the signature."""

    def read(body: bytes, _signature: str) -> SignedEvent:
        event = json.loads(body)
        return SignedEvent(event["id"], event["type"], session_id=event["data"]["object"]["id"])

    return without((payment_views, "read_event", read))
