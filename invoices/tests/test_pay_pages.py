"""How pay pages open and end; a whole Stripe is in `tests/test_card_payments.py`."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from invoices.documents.drafts import bill_order
from invoices.exceptions import NothingToPay, PaymentUnavailable, StillPayable
from invoices.models import Invoice, PaymentAttempt
from invoices.orders.jobs import end_unpaid_orders
from invoices.payments.card import (
    close_payments,
    is_over,
    open_attempt,
    open_session,
    reconcile,
    start_payment,
)
from invoices.payments.jobs import SECONDS_A_ROUND, reconcile_attempts
from invoices.payments.ledger import record_payment
from invoices.payments.stripe_client import SignedEvent
from invoices.tests.card_steps import CARD, PRICE, SITE, State, received
from invoices.tests.fake_stripe import REFUSED, SILENT, FakeStripe
from outside import rounds
from store.models import Item, Order
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


# --- Opening a pay page -------------------------------------------------------


def test_stripe_is_asked_for_what_is_due(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    [asked] = stripe.calls("create_session")
    secret, key = attempt.invoice.secret, attempt.idempotency_key

    assert asked == {
        "key": key,
        "attempt_id": attempt.pk,
        "amount": PRICE,
        "currency": "EUR",
        "description": attempt.invoice.subject_name,
        "email": "alice@example.com",
        "expires_at": attempt.expires_at,
        "success_url": f"{SITE}/invoices/{secret}/paid/",
        "cancel_url": f"{SITE}/invoices/{secret}/back/{key}/",
    }
    assert (attempt.state, attempt.amount, attempt.site) == (State.OPEN, PRICE, SITE)
    assert (attempt.version, attempt.url) == (1, f"https://pay.example.com/{attempt.session_id}")


def test_an_open_page_is_led_to_without_asking(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    again = start_payment(invoice_id=attempt.invoice_id, site=SITE)

    assert again == (attempt, attempt.url)
    assert len(stripe.calls("create_session")) == 1


def test_an_order_by_card_has_as_long_as_its_attempt(invoice: Invoice, stripe: FakeStripe) -> None:
    other = make_order(make_item(), payment_method=CARD)
    attempt = open_attempt(invoice_id=invoice.pk, site=SITE)

    assert Order.objects.get(invoice=invoice).payment_due_at == attempt.expires_at
    assert Order.objects.get(pk=other.pk).payment_due_at == other.payment_due_at
    assert attempt.expires_at - attempt.started_at == timedelta(minutes=33)


def test_an_order_by_transfer_keeps_its_time(clock: Item, stripe: FakeStripe) -> None:
    order = make_order(clock)
    make_order(make_item(), payment_method=CARD)

    open_attempt(invoice_id=bill_order(order).pk, site=SITE)

    assert {due.payment_due_at for due in Order.objects.all()} & {order.payment_due_at}
    assert not Order.objects.filter(payment_due_at__in=PaymentAttempt.objects.values("expires_at"))


@pytest.mark.parametrize("late", [False, True])
def test_nothing_is_paid_when_nothing_is_due(
    invoice: Invoice, stripe: FakeStripe, late: bool
) -> None:
    if late:
        Order.objects.update(payment_due_at=Now())
    else:
        record_payment(invoice_id=invoice.pk, received=received(), actor=None)

    with pytest.raises(NothingToPay):
        open_attempt(invoice_id=invoice.pk, site=SITE)
    assert not PaymentAttempt.objects.exists()


def test_the_last_euro_may_be_paid_by_card(invoice: Invoice, stripe: FakeStripe) -> None:
    record_payment(invoice_id=invoice.pk, received=received("119"), actor=None)

    assert open_attempt(invoice_id=invoice.pk, site=SITE).amount == Decimal(1)


def test_what_is_paid_has_no_time_that_ends(invoice: Invoice) -> None:
    Order.objects.update(payment_due_at=Now())
    assert is_over(Invoice.objects.get())

    Order.objects.update(paid_at=Now())
    assert not is_over(Invoice.objects.get())


def test_what_was_not_asked_for_yet_has_nothing_to_reconcile(
    invoice: Invoice, stripe: FakeStripe
) -> None:
    attempt = open_attempt(invoice_id=invoice.pk, site=SITE)
    reconcile(attempt)

    assert (attempt.state, stripe.asked) == (State.STARTED, [])


def test_another_orders_time_is_not_this_ones(invoice: Invoice, stripe: FakeStripe) -> None:
    other = make_order(make_item())
    Order.objects.filter(pk=other.pk).update(payment_due_at=Now())

    assert open_attempt(invoice_id=invoice.pk, site=SITE).is_live


def test_what_is_refused_is_tried_once_more_under_another_key(
    invoice: Invoice, stripe: FakeStripe
) -> None:
    stripe.troubles["create_session"] = [REFUSED, None]

    started = start_payment(invoice_id=invoice.pk, site=SITE)

    first, second = stripe.calls("create_session")
    assert first["key"] != second["key"]
    assert started.attempt.idempotency_key == second["key"]
    states = PaymentAttempt.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.FAILED, State.OPEN]


def test_a_silent_stripe_leaves_an_attempt_to_ask_again(
    invoice: Invoice, stripe: FakeStripe
) -> None:
    stripe.troubles["create_session"] = [SILENT]

    with pytest.raises(PaymentUnavailable):
        start_payment(invoice_id=invoice.pk, site=SITE)

    assert PaymentAttempt.objects.get().state == State.STARTED


def test_a_page_that_was_given_up_meanwhile_is_closed(invoice: Invoice, stripe: FakeStripe) -> None:
    attempt = open_attempt(invoice_id=invoice.pk, site=SITE)
    close_payments(invoice_id=invoice.pk)

    with pytest.raises(PaymentUnavailable):
        open_session(attempt)

    assert stripe.calls("close_session") == [{"session_id": f"cs_{attempt.idempotency_key}"}]
    assert (attempt.state, attempt.session_id) == (State.EXPIRED, None)


def test_two_who_open_one_page_are_both_led_to_it(invoice: Invoice, stripe: FakeStripe) -> None:
    mine = open_attempt(invoice_id=invoice.pk, site=SITE)
    theirs = PaymentAttempt.objects.get()

    assert open_session(mine) == open_session(theirs)
    assert not stripe.calls("close_session")


def test_another_amount_closes_the_page_first(attempt: PaymentAttempt, stripe: FakeStripe) -> None:
    record_payment(invoice_id=attempt.invoice_id, received=received("20"), actor=None)

    started = start_payment(invoice_id=attempt.invoice_id, site=SITE)

    assert stripe.calls("close_session") == [{"session_id": attempt.session_id}]
    assert started.attempt != attempt
    assert started.attempt.amount == 100


def test_a_page_that_cannot_be_closed_is_not_replaced(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    record_payment(invoice_id=attempt.invoice_id, received=received("20"), actor=None)
    stripe.troubles["fetch"] = [SILENT]

    with pytest.raises(PaymentUnavailable):
        start_payment(invoice_id=attempt.invoice_id, site=SITE)
    assert PaymentAttempt.objects.get().state == State.OPEN


# --- Closing, and the timer ---------------------------------------------------


def test_a_page_nobody_was_led_to_ends_without_asking(invoice: Invoice, stripe: FakeStripe) -> None:
    open_attempt(invoice_id=invoice.pk, site=SITE)
    other = bill_order(make_order(make_item(), payment_method=CARD))
    untouched = open_attempt(invoice_id=other.pk, site=SITE)

    close_payments(invoice_id=invoice.pk)

    untouched.refresh_from_db()
    assert untouched.state == State.STARTED
    assert invoice.attempts.get().state == State.EXPIRED
    assert stripe.asked == []


def test_while_stripe_is_silent_somebody_may_be_paying(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.troubles["fetch"] = [SILENT]

    with pytest.raises(StillPayable):
        close_payments(invoice_id=attempt.invoice_id)


def test_the_timer_asks_about_what_was_not_heard_of(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    assert reconcile_attempts() == 0

    PaymentAttempt.objects.update(checked_at=F("checked_at") - timedelta(minutes=1))
    assert reconcile_attempts() == 1
    assert Order.objects.get().paid_at


def test_the_timer_ends_a_page_whose_answer_never_came(
    invoice: Invoice, stripe: FakeStripe
) -> None:
    open_attempt(invoice_id=invoice.pk, site=SITE)
    long_ago = Now() - timedelta(hours=1)
    PaymentAttempt.objects.update(checked_at=long_ago)
    assert reconcile_attempts() == 0

    PaymentAttempt.objects.update(checked_at=long_ago, expires_at=Now())
    assert reconcile_attempts() == 1
    assert PaymentAttempt.objects.get().state == State.EXPIRED
    assert stripe.asked == []


@pytest.mark.parametrize("job", [reconcile_attempts, end_unpaid_orders])
def test_a_slow_stripe_keeps_the_timer_from_no_other_job(
    stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch, job: Callable[[], int]
) -> None:
    """There is time for one of three."""
    for _ in range(3):
        order = make_order(make_item(), payment_method=CARD)
        start_payment(invoice_id=bill_order(order).pk, site=SITE)
    PaymentAttempt.objects.update(checked_at=F("checked_at") - timedelta(minutes=1))
    Order.objects.update(payment_due_at=Now())
    stripe.asked.clear()
    # As if each took so many seconds.
    seconds = count(step=SECONDS_A_ROUND)
    monkeypatch.setattr(rounds, "monotonic", lambda: next(seconds))

    job()

    assert len({about["session_id"] for about in stripe.calls("fetch")}) == 1


def test_the_timer_gives_up_a_silent_stripe_after_two(stripe: FakeStripe) -> None:
    for _ in range(3):
        order = make_order(make_item(), payment_method=CARD)
        start_payment(invoice_id=bill_order(order).pk, site=SITE)
    PaymentAttempt.objects.update(checked_at=F("checked_at") - timedelta(minutes=1))
    stripe.troubles["fetch"] = [SILENT, SILENT, SILENT]

    assert reconcile_attempts() == 0
    assert len(stripe.calls("fetch")) == 2


def test_an_event_comes_again_while_stripe_is_silent(
    client: Client,
    attempt: PaymentAttempt,
    stripe: FakeStripe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = SignedEvent("evt_1", "checkout.session.completed", str(attempt.session_id))
    monkeypatch.setattr("invoices.payments.views.read_event", lambda *_: event)
    stripe.troubles["fetch"] = [SILENT]

    said = [client.post("/stripe/webhook/", "{}", "application/json") for _ in range(2)]
    assert [answer.status_code for answer in said] == [503, 200]
