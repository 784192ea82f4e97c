"""Row 11: whoever serves a card payment is killed, at each of its steps. Rounds are kills a step.

Each request is served by a process that is forked for it, through the whole of Django: its steps
are the statements, the commits and the answers of Stripe, before and after. The one that is to
die kills itself with SIGKILL. Then the customer reloads, the event comes once more, or only the
timer goes on.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, NamedTuple

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.test import Client, override_settings

import invoices.payments.views
from invoices.models import Invoice, Payment, PaymentAttempt, StripeEvent
from invoices.orders.jobs import end_unpaid_orders
from invoices.payments import stripe_client
from invoices.payments.card import act_on
from invoices.payments.jobs import reconcile_attempts
from invoices.payments.stripe_client import SignedEvent
from invoices.tests.test_checkout import form_of, put_in_bag
from mail.models import Mail
from store.models import Order, Piece
from tests.stripe_standin.driver import Standin, post, standin
from tests.torture import invariants
from tests.torture.fork import FORK, connect_anew
from tests.torture.run import Result, Run
from tests.torture.shop import put_on_sale

PROMISE = "11 A kill loses, doubles and blocks nothing"
UNLIMITED = ["HOLDS_PER_HOUR_PER_ADDRESS", "ORDERS_PER_HOUR_PER_ADDRESS"]
# So many steps of each request, from its first to its last.
POINTS = {"checkout": 14, "return": 7, "event": 7}
Step = Callable[[], None]


class Purchase:
    """One visitor who buys one thing by card."""

    def __init__(self, provider: Standin) -> None:
        self.provider = provider
        [self.item] = put_on_sale(items=1, pieces=1)
        self.client = Client()
        put_in_bag(self.client, self.item)
        email = f"ann{self.item.pk}@example.com"
        self.form = {**form_of(self.client), "email": email, "payment_method": "card"}

    def check_out(self) -> Any:
        return self.client.post("/checkout/", self.form)

    def come_back(self) -> Any:
        return self.client.get(f"/invoices/{self.invoice.secret}/paid/")

    def hear(self) -> int:
        """Stripe tells what has happened, once more if it was told before."""
        session = self.attempt.session_id
        completed = self.provider.events("checkout.session.completed")
        [event] = [event for event in completed if event["data"]["object"]["id"] == session]
        return post(self.client, event)

    def pay(self) -> None:
        """Press "Pay by card" on the order's page, and then Pay at Stripe."""
        self.client.post(f"/invoices/{self.invoice.secret}/pay/")
        self.provider.pay(self.attempt.session_id or "")

    @property
    def order(self) -> Order:
        return Order.objects.filter(lines__piece__item=self.item).get()

    @property
    def invoice(self) -> Invoice:
        return Invoice.objects.get(order=self.order)

    @property
    def attempt(self) -> PaymentAttempt:
        return PaymentAttempt.objects.filter(invoice=self.invoice).latest("pk")

    @property
    def fault(self) -> str:
        """What is not as it should be once it is paid; empty when all is well."""
        orders = Order.objects.filter(lines__piece__item=self.item)
        if orders.count() != 1:
            return f"{orders.count()} orders"
        paid = sum(Payment.objects.filter(invoice=self.invoice).values_list("amount", flat=True))
        captured = sum(
            self.provider.net(intent)
            for intent in self.invoice.attempts.exclude(payment_intent="").values_list(
                "payment_intent", flat=True
            )
        )
        mails = Mail.objects.filter(event="invoices.placed", about=str(self.order)).count()
        found = {
            "not paid": self.order.paid_at is None,
            "not sold": not Piece.objects.filter(item=self.item, sold_at__isnull=False).exists(),
            "not issued": self.invoice.number is None,
            f"paid {paid}, captured {captured}": not paid == captured == self.invoice.total,
            f"{mails} confirmations": mails != 1,
        }
        return ", ".join(fault for fault, is_so in found.items() if is_so)


class Kill(NamedTuple):
    """Which step of which request dies, and who goes on afterwards."""

    request: str
    step: int
    rescue: str


def play(run: Run) -> Iterator[Result]:
    limits = dict.fromkeys(UNLIMITED, 1_000_000)
    with standin() as provider, override_settings(**limits):
        # The first of each fills caches and takes more steps than those that follow.
        for request in POINTS:
            steps_of(request, provider)
        steps = {request: steps_of(request, provider) for request in POINTS}
        yield killed(run, provider, [*kills(run, steps)])
        invoices.payments.views.act_on = remember_first  # type: ignore[attr-defined]
        try:
            control = [Kill("event", step, "event") for step in range(1, steps["event"] + 1)]
            yield killed(run, provider, control, control=True)
        finally:
            invoices.payments.views.act_on = act_on  # type: ignore[attr-defined]


def kills(run: Run, steps: dict[str, int]) -> Iterator[Kill]:
    """Each point so many times; who goes on afterwards takes turns."""
    rescues = {"checkout": ["reload"], "return": ["reload", "event", "timer"]}
    for number in range(run.rounds):
        for request, points in POINTS.items():
            for point in range(points):
                choices = rescues.get(request, ["event", "reload", "timer"])
                step = 1 + point * (steps[request] - 1) // (points - 1)
                yield Kill(request, step, choices[(number + point) % len(choices)])


def killed(run: Run, provider: Standin, plan: list[Kill], *, control: bool = False) -> Result:
    invariants.clear()
    faults: dict[Kill, str] = {}
    died = 0
    for number, kill in enumerate(plan):
        if number and number % 100 == 0:
            run.say(f"{run.name}: {number} of {len(plan)}")
        purchase = Purchase(provider)
        if kill.request != "checkout":
            purchase.check_out()
            purchase.pay()
        died += request_of(kill.request, purchase, dies_at=kill.step) == -signal.SIGKILL
        rescue(purchase, kill)
        if fault := purchase.fault:
            faults[kill] = fault
            if control:
                break
    if not control:
        ledger, books = provider.net(), sum(Payment.objects.values_list("amount", flat=True))
        if books != ledger_of(provider):
            faults[Kill("all", 0, "")] = f"books {books}, ledger {ledger}"
    points = len({(kill.request, kill.step) for kill in plan})
    figure = (
        f"{died:,} kills at {points} points: {len(faults)} not as they should be {first(faults)}"
    )
    return Result(PROMISE, figure, not faults and died == len(plan), control=control)


def ledger_of(provider: Standin) -> Decimal:
    """What Stripe has of the payments in our books: it remembers earlier rows' as well."""
    intents = PaymentAttempt.objects.exclude(payment_intent="")
    known = intents.values_list("payment_intent", flat=True)
    return sum((provider.net(intent) for intent in known), Decimal(0))


def first(faults: dict[Kill, str]) -> str:
    return next((f"({kill}: {fault})" for kill, fault in faults.items()), "")


def rescue(purchase: Purchase, kill: Kill) -> None:
    """Go on without who was killed."""
    if kill.request == "checkout":
        purchase.check_out()
        purchase.pay()
    match kill.rescue:
        case "reload":
            purchase.come_back()
        case "event":
            purchase.hear()
        case "timer":
            # As if 60 seconds had gone by.
            PaymentAttempt.objects.update(checked_at=F("checked_at") - timedelta(seconds=60))
            end_unpaid_orders()
            reconcile_attempts()


def request_of(request: str, purchase: Purchase, *, dies_at: int, count: Any = None) -> int:
    """Serve a request in a process of its own, which may die; return how it ended."""
    serve = {
        "checkout": purchase.check_out,
        "return": purchase.come_back,
        "event": purchase.hear,
    }[request]
    process = FORK.Process(target=stepwise, args=[serve, dies_at, count])
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}, f"{request} ended with {process.exitcode}"
    return process.exitcode or 0


def steps_of(request: str, provider: Standin) -> int:
    """How many steps a request has, told by one that may live."""
    purchase = Purchase(provider)
    if request != "checkout":
        purchase.check_out()
        purchase.pay()
    count = FORK.Value("i", 0)
    request_of(request, purchase, dies_at=0, count=count)
    return int(count.value)


def stepwise(serve: Callable[[], Any], dies_at: int, count: Any) -> None:
    """Serve a request, and die by SIGKILL at a step of it."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if done == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        step()
        return execute(sql, params, many, context)

    connect_anew()
    stripe_client.client_for.cache_clear()
    for owner, name in [
        (BaseDatabaseWrapper, "_commit"),
        (stripe_client, "create_session"),
        (stripe_client, "fetch"),
    ]:
        setattr(owner, name, around(getattr(owner, name), step))
    with connection.execute_wrapper(on_statement):
        serve()
    if count is not None:
        count.value = done
    connections.close_all()


def around(call: Callable[..., Any], step: Step) -> Callable[..., Any]:
    @wraps(call)
    def stepped(*args: Any, **kwargs: Any) -> Any:
        step()
        result = call(*args, **kwargs)
        step()
        return result

    return stepped


def remember_first(event: SignedEvent) -> PaymentAttempt | None:
    """The control: write down that an event is done, then do it."""
    with suppress(StripeEvent.DoesNotExist):
        return StripeEvent.objects.get(pk=event.id).attempt
    StripeEvent.objects.create(id=event.id, type=event.type)
    return act_on(replace(event, id=f"{event.id} again"))
