"""Row 12: many clicks on Pay while Stripe answers late, twice, wrongly or not at all.

Rounds are orders to pay. A hundred clicks come at a time: on one order, or on many from two
tabs and after reloads. Whoever is led to a pay page pays there, twice.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import invoices.payments.views
from invoices.models import Invoice, PaymentAttempt
from invoices.models.card import new_key
from invoices.payments import stripe_client
from invoices.payments.card import Started, open_attempt
from store.models import Order
from tests.stripe_standin.driver import Standin, standin
from tests.torture.buyers import Answer, Buyer, answers, crowd
from tests.torture.card_orders import (
    differences,
    latest,
    let_time_pass,
    order_by_card,
)
from tests.torture.run import Result, Run
from tests.torture.shop import shop

CLICKS = 100
PROMISE = "12 Never charged twice"
# Hanging costs those who wait five seconds each.
FAULTS: dict[str, Any] = {
    "calls": [
        {"path": "/v1/*", "kind": "error", "method": "POST", "probability": 0.05},
        {"path": "/v1/*", "kind": "error_before", "method": "POST", "probability": 0.03},
        {"path": "/v1/*", "kind": "429", "probability": 0.03},
        {"path": "/v1/*", "kind": "409", "method": "POST", "probability": 0.03},
        {"path": "/v1/*", "kind": "reset", "probability": 0.03},
        {"path": "/v1/*", "kind": "reset_before", "probability": 0.02},
        {"path": "/v1/*", "kind": "slow", "probability": 0.02, "seconds": 1},
        {"path": "/v1/*", "kind": "hang", "probability": 0.004, "seconds": 6},
    ],
    "events": {"duplicate": 0.3, "shuffle": 0.5, "delay": 0.2, "drop": 0.2},
}


def play(run: Run) -> Iterator[Result]:
    yield paid_once(run)
    yield paid_once(run.until_it_fails, control="pay_clicks.a_page_per_click")


def paid_once(run: Run, *, control: str = "") -> Result:
    heard: Counter[str] = Counter()
    before = latest()
    with standin() as stripe, shop(run, control=control, **stripe.settings) as site:
        stripe.send_events_to(f"http://127.0.0.1:{site.port}/stripe/webhook/")
        stripe.faults(seed=run.seed, **FAULTS)
        buyers = crowd(site, CLICKS)
        left = run.rounds
        while left > 0:
            count = min(left, run.dice.choice([1, 10, 50]))
            origin = f"http://127.0.0.1:{site.port}"
            orders = [order_by_card(site=origin) for _ in range(count)]
            heard += Batch(stripe, buyers, orders).play()
            left -= count
            run.say(f"{run.name}: {left} left")
            if control and max(captures(stripe).values(), default=0) > 1:
                break
        stripe.faults()
        # What the timer does in the end, when all is well again.
        let_time_pass()
        return result(stripe, heard, before, control=bool(control))


class Batch:
    """Some orders and all the clicks on them."""

    def __init__(self, stripe: Standin, buyers: list[Buyer], orders: list[Order]) -> None:
        self.stripe, self.buyers = stripe, buyers
        secrets = [order.invoice.secret for order in orders]
        self.paths = [f"/invoices/{secret}/pay/" for secret in secrets]

    def play(self) -> Counter[str]:
        # Two tabs, back and reload: all the same to the shop.
        heard = self.click()
        self.pay(heard)
        again = self.click()
        self.pay(again)
        return Counter(f"{answer.status // 100}xx" for answer in heard + again)

    def click(self) -> list[Answer]:
        for number, buyer in enumerate(self.buyers):
            buyer.press(self.paths[number % len(self.paths)])
        return answers(self.buyers)

    def pay(self, heard: list[Answer]) -> None:
        """On every page that anybody was led to, each twice at once; then come back."""
        base = self.stripe.base
        pages = sorted({a.location for a in heard if a.location.startswith(base)})
        sessions = [urlsplit(page).path.rsplit("/", 1)[1] for page in pages]
        with ThreadPoolExecutor(8) as customers:
            back = set(customers.map(self.stripe.pay, sessions + sessions)) - {""}
        returning = self.buyers[: len(back)]
        for buyer, address in zip(returning, sorted(back), strict=True):
            buyer.ask("GET", urlsplit(address).path)
        if returning:
            answers(returning)


def captures(stripe: Standin) -> Counter[int]:
    """How often each invoice's order was charged for."""
    of = dict(PaymentAttempt.objects.values_list("pk", "invoice"))
    counted: Counter[int] = Counter()
    for row in stripe.ledger().values():
        counted[of[int(row["metadata"]["attempt"])]] += row["captures"]
    return counted


def result(stripe: Standin, heard: Counter[str], before: int, *, control: bool) -> Result:
    charged = captures(stripe)
    paid = {invoice for invoice, times in charged.items() if times}
    ours = Invoice.objects.filter(attempts__pk__gt=before, order__paid_at__isnull=False)
    twice = sum(times > 1 for times in charged.values())
    wrong = differences(stripe, after=before)
    unsold = len(paid ^ set(ours.values_list("pk", flat=True)))
    figure = (
        f"{heard.total():,} clicks, {len(paid):,} orders paid, {twice} charged twice, "
        f"{unsold} paid but not sold, {wrong} not as Stripe's ledger, {heard['5xx']} × 5xx"
    )
    good = bool(paid) and not (twice or wrong or unsold or heard["5xx"])
    return Result(PROMISE, figure, good, control)


def a_page_per_click() -> None:
    """Without the one attempt and its key: each click asks Stripe for a page of its own."""

    def start(*, invoice_id: int, site: str) -> Started:
        attempt = open_attempt(invoice_id=invoice_id, site=site)
        session = stripe_client.create_session(
            key=new_key(),
            attempt_id=attempt.pk,
            amount=attempt.amount,
            currency="EUR",
            description="An order",
            email="",
            expires_at=attempt.expires_at,
            success_url=f"{site}/",
            cancel_url=f"{site}/",
        )
        return Started(attempt, session.url)

    invoices.payments.views.start_payment = start  # type: ignore[attr-defined]
