"""Paying by card, against a stand-in for Stripe in a process of its own."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from stripe import StripeClient

import invoices.orders.transitions
from accounts.models import User
from invoices.exceptions import NothingToPay, PaymentUnavailable, StillPayable, TooMuch
from invoices.models import Invoice, Payment, PaymentAttempt, Refund, StripeEvent
from invoices.models.card import new_key
from invoices.orders.jobs import end_unpaid_orders, remind_unpaid_orders
from invoices.orders.transitions import cancel_order
from invoices.payments import stripe_client
from invoices.payments.card import close_payments, reconcile, send_refunds_of, start_payment
from invoices.payments.jobs import reconcile_attempts, send_refunds
from invoices.payments.ledger import Received, record_payment
from invoices.payments.refunds import ask_refund
from invoices.tests.test_checkout import ADDRESS, form_of, put_in_bag
from mail.models import Mail
from repairs_restorals.exceptions import WorkRefused
from repairs_restorals.models import Quote, Status
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import make_quote, make_ticket
from repairshop.tests.factories import make_beat
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, Piece, PieceEvent, ShopProfile
from tests.crowd import at_once
from tests.stripe_standin.driver import Standin, post

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.on_both,
]

SITE = "http://testserver"
SESSIONS = "/v1/checkout/sessions*"
State = PaymentAttempt.State


@pytest.fixture(autouse=True)
def _nothing_is_locked_while_stripe_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every test here: whoever speaks to Stripe does so outside of any transaction."""
    found = stripe_client.client

    def client() -> StripeClient:
        assert not connection.in_atomic_block, "Stripe is asked inside a transaction."
        return found()

    monkeypatch.setattr(stripe_client, "client", client)


@pytest.fixture
def attempt(client: Client, clock: Item, provider: Standin) -> PaymentAttempt:
    """Of an order of the clock (120.00) that a guest is about to pay by card."""
    put_in_bag(client, clock)
    order_by_card(client)
    return PaymentAttempt.objects.get()


def order_by_card(client: Client, **changes: str) -> Any:
    return client.post("/checkout/", {**form_of(client), "payment_method": "card", **changes})


def order_of(attempt: PaymentAttempt) -> Order:
    return Order.objects.get(invoice=attempt.invoice)


def paid_page(attempt: PaymentAttempt) -> str:
    return f"/invoices/{attempt.invoice.secret}/paid/"


def back_page(attempt: PaymentAttempt) -> str:
    return f"/invoices/{attempt.invoice.secret}/back/{attempt.idempotency_key}/"


def time_passes(minutes: int = 34) -> None:
    """Let the time to pay be over, as the database's clock has it."""
    earlier = timedelta(minutes=minutes)
    Order.objects.update(payment_due_at=F("payment_due_at") - earlier)
    PaymentAttempt.objects.update(
        expires_at=F("expires_at") - earlier, checked_at=F("checked_at") - earlier
    )


def open_the_shop() -> None:
    """Give it an address, to which mails for the shop go."""
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": "shop@example.com"})
    ShopProfile.get_solo().save()


def books(attempt: PaymentAttempt) -> Decimal:
    return attempt.booked()


def test_the_checkout_leads_to_the_pay_page(client: Client, clock: Item, provider: Standin) -> None:
    put_in_bag(client, clock)

    answer = order_by_card(client)

    attempt = PaymentAttempt.objects.get()
    assert answer["Location"] == attempt.url
    assert attempt.url.startswith(provider.base)
    assert attempt.amount == Decimal("120.00")
    assert order_of(attempt).payment_due_at == attempt.expires_at
    assert Piece.objects.get().order == order_of(attempt)


def test_without_an_account_at_stripe_there_are_no_cards(client: Client, clock: Item) -> None:
    put_in_bag(client, clock)
    page = client.get("/checkout/").content.decode()

    assert "By card" not in page
    assert order_by_card(client).status_code == 200
    assert not Order.objects.exists()


def test_who_has_paid_comes_back_to_a_paid_order(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    assert provider.pay(attempt.session_id or "").endswith(paid_page(attempt))

    page = client.get(paid_page(attempt), follow=True).content.decode()

    assert "Your payment has arrived" in page
    order = order_of(attempt)
    assert order.paid_at
    assert order.invoice.number
    assert order.invoice.balance == 0
    assert Piece.objects.get().sold_at
    assert list(Mail.objects.filter(to=order.email).values_list("event", flat=True)) == [
        "invoices.placed"
    ]


def test_what_was_paid_in_full_is_sold_even_if_some_went_back_before_we_heard(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")
    [paid] = provider.events("checkout.session.completed", about=attempt.session_id or "")
    provider.refund(paid["data"]["object"]["payment_intent"], 2000)

    reconcile(attempt)

    assert order_of(attempt).paid_at
    assert books(attempt) == Decimal("100.00")


def test_an_event_alone_is_enough(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")
    [event] = provider.events("checkout.session.completed")[-1:]

    for _time in range(3):
        assert post(client, event) == 200

    assert order_of(attempt).paid_at
    assert Payment.objects.count() == 1
    assert StripeEvent.objects.get(pk=event["id"]).attempt == attempt


def test_the_timer_alone_is_enough(attempt: PaymentAttempt, provider: Standin) -> None:
    provider.pay(attempt.session_id or "")
    assert reconcile_attempts() == 0, "It asks only after a while."

    time_passes(minutes=1)

    assert reconcile_attempts() == 1
    assert order_of(attempt).paid_at


def test_what_an_event_says_is_not_believed(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    [created] = [{"id": attempt.session_id, "object": "checkout.session", "payment_status": "paid"}]
    event = {
        "id": "evt_lies",
        "object": "event",
        "type": "checkout.session.completed",
        "data": {"object": created},
    }

    assert post(client, event) == 200
    assert post(client, event, secret="whsec_other") == 400

    assert order_of(attempt).paid_at is None
    assert not Payment.objects.exists()
    attempt.refresh_from_db()
    assert attempt.state == State.OPEN


def test_the_return_page_alone_proves_nothing(client: Client, attempt: PaymentAttempt) -> None:
    page = client.get(paid_page(attempt), follow=True).content.decode()

    assert "We have not heard of your payment yet" in page
    assert order_of(attempt).paid_at is None


def test_who_goes_back_has_the_thing_in_the_bag_again(
    client: Client, attempt: PaymentAttempt, provider: Standin, clock: Item
) -> None:
    line = order_of(attempt).lines.get()

    page = client.post(back_page(attempt), follow=True).content.decode()

    assert "Your things are in your bag again" in page
    piece = Piece.objects.get()
    assert (piece.held_since, piece.held_until) == (line.held_since, line.held_until)
    assert order_of(attempt).state == Order.State.CANCELLED
    assert provider.pay(attempt.session_id or "") == ""
    attempt.refresh_from_db()
    assert attempt.state == State.EXPIRED


def test_the_way_back_only_asks(client: Client, attempt: PaymentAttempt, provider: Standin) -> None:
    page = client.get(back_page(attempt)).text

    assert "Put my things back into my bag" in page
    assert page.count("Go on paying") == 1
    assert order_of(attempt).state == Order.State.OPEN
    assert provider.pay(attempt.session_id or "")


def test_two_who_go_back_at_once_are_not_told_that_it_is_paid(
    client: Client, attempt: PaymentAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt.refresh_from_db()

    def as_the_first_was_quicker(**kwargs: Any) -> Order:
        cancel_order(**kwargs)
        return cancel_order(**kwargs)

    monkeypatch.setattr("invoices.orders.cancel_views.cancel_order", as_the_first_was_quicker)
    page = client.post(back_page(attempt), follow=True).text

    assert "Nothing was paid, and the order is cancelled." in page
    assert "Thank you" not in page


def test_who_goes_back_types_nothing_again(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    order = order_of(attempt)
    client.post(back_page(attempt))

    page = client.get("/checkout/").content.decode()

    assert f'value="{order.email}"' in page
    assert f'value="{order.name}"' in page


def test_what_lapsed_while_paying_is_free_for_all(client: Client, attempt: PaymentAttempt) -> None:
    order_of(attempt).lines.update(held_until=Now() - timedelta(seconds=1))

    client.post(back_page(attempt))

    assert Piece.objects.available().count() == 1
    # Nor does its history tell of another hold.
    assert PieceEvent.objects.filter(kind="held").count() == 1
    # Wanted still, with one button to take it again.
    assert "Mantel clock" in client.get("/bag/").content.decode()


def test_a_stranger_who_goes_back_gets_nothing_into_the_bag(attempt: PaymentAttempt) -> None:
    page = Client().post(back_page(attempt), follow=True).content.decode()

    assert "the order is cancelled" in page
    assert (
        Client().get(back_page(attempt).replace(attempt.idempotency_key, "guessed")).status_code
        == 404
    )


def test_going_back_after_paying_settles(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")

    page = client.post(back_page(attempt), follow=True).content.decode()

    assert "Your payment has arrived" in page
    assert order_of(attempt).paid_at


def test_the_time_to_pay_ends(attempt: PaymentAttempt, provider: Standin) -> None:
    time_passes()

    assert end_unpaid_orders() == 1

    assert order_of(attempt).state == Order.State.CANCELLED
    assert Piece.objects.available().count() == 1
    assert provider.pay(attempt.session_id or "") == ""


def test_what_is_paid_in_the_last_second_is_sold(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")
    time_passes()

    assert end_unpaid_orders() == 0

    assert order_of(attempt).paid_at
    assert Piece.objects.get().sold_at


def test_no_order_ends_while_stripe_is_silent(attempt: PaymentAttempt, provider: Standin) -> None:
    time_passes()
    provider.fail(SESSIONS, "error", probability=1)

    assert end_unpaid_orders() == 0
    with pytest.raises(StillPayable):
        cancel_order(order_id=order_of(attempt).pk, actor=None)

    assert order_of(attempt).state == Order.State.OPEN


def test_no_order_ends_under_a_click(
    attempt: PaymentAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_before_a_click(*, invoice_id: int) -> None:
        close_payments(invoice_id=invoice_id)
        start_payment(invoice_id=invoice_id, site=SITE)

    monkeypatch.setattr(invoices.orders.transitions, "close_payments", close_before_a_click)
    with pytest.raises(StillPayable):
        cancel_order(order_id=order_of(attempt).pk, actor=None)

    assert order_of(attempt).state == Order.State.OPEN


def gone_but_paid(attempt: PaymentAttempt, provider: Standin) -> None:
    """The worst case: an order cancelled behind the shop's back, and paid after all."""
    provider.pay(attempt.session_id or "")
    Order.objects.update(state=Order.State.CANCELLED)
    Piece.objects.update(order=None)


def test_money_for_what_is_gone_goes_back(attempt: PaymentAttempt, provider: Standin) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": "shop@example.com"})
    ShopProfile.get_solo().save()
    gone_but_paid(attempt, provider)

    reconcile(attempt)

    assert provider.net(attempt.payment_intent) == 0
    assert books(attempt) == 0
    assert Refund.objects.get().state == Refund.State.SENT
    told = set(Mail.objects.values_list("event", "to"))
    assert ("invoices.refund", "ann@example.com") in told
    assert ("invoices.refund_shop", "shop@example.com") in told
    assert not Invoice.objects.money_without_goods().exists()


def test_the_health_check_tells_of_stripe_until_it_answers(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    make_beat("web.1:7")
    provider.fail(SESSIONS, "error", probability=1)
    with suppress(PaymentUnavailable):
        reconcile(attempt)

    answer = client.get("/healthz")
    said = (answer.status_code, answer.json())
    assert said == (200, {"status": "Card payments do not answer."})

    provider.faults()
    reconcile(attempt)
    assert client.get("/healthz").json() == {"status": "ok"}


def test_money_that_cannot_go_back_at_once_is_seen_and_goes_later(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    gone_but_paid(attempt, provider)
    provider.fail("/v1/refunds", "error_before", probability=1, method="POST")

    reconcile(attempt)
    assert Invoice.objects.money_without_goods().count() == 1
    provider.faults()
    Refund.objects.update(tried_at=Now() - timedelta(minutes=3))

    send_refunds()

    assert not Invoice.objects.money_without_goods().exists()
    assert provider.net(attempt.payment_intent) == 0


def test_a_refund_whose_answer_was_lost_goes_back_once(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    gone_but_paid(attempt, provider)
    provider.fail("/v1/refunds", "error", next=2, method="POST")

    reconcile(attempt)
    for _round in range(3):
        Refund.objects.update(tried_at=Now() - timedelta(minutes=3))
        send_refunds()

    row = provider.ledger()[attempt.payment_intent]
    assert (row["captured"], row["refunded"]) == (12000, 12000)
    assert books(attempt) == 0
    assert Refund.objects.get().state == Refund.State.SENT


def test_twice_paid_goes_back_once(attempt: PaymentAttempt, provider: Standin) -> None:
    provider.pay(attempt.session_id or "")
    record_payment(
        invoice_id=attempt.invoice_id,
        received=Received(Decimal("120.00"), Payment.Method.CASH, timezone.localdate()),
        actor=None,
    )

    reconcile(attempt)

    invoice = Invoice.objects.get()
    assert (invoice.balance, invoice.paid) == (Decimal(0), Decimal("120.00"))
    assert provider.net(attempt.payment_intent) == 0


def test_what_is_refunded_at_stripe_shows_up_here(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    provider.refund(attempt.payment_intent, 2000)

    post(client, provider.events("refund.created")[-1])

    assert books(attempt) == Decimal("100.00")
    assert Invoice.objects.get().balance == Decimal("20.00")


def test_a_refund_that_fails_comes_back(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    refund = provider.refund(attempt.payment_intent, 2000)
    reconcile(attempt)

    provider.fail_refund(refund)
    reconcile(attempt)

    assert books(attempt) == Decimal("120.00")
    assert Payment.objects.count() == 3


def test_a_dispute_takes_the_money_and_may_give_it_back(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    open_the_shop()
    provider.pay(attempt.session_id or "")
    reconcile(attempt)

    dispute = provider.dispute(attempt.payment_intent)
    reconcile(attempt)
    assert books(attempt) == 0
    assert Mail.objects.filter(event="invoices.dispute_shop").count() == 1
    page = client.get(order_of(attempt).invoice.get_absolute_url()).text
    assert "A bank has taken back €120.00" in page
    assert "Please pay" not in page
    assert "by card</button>" not in page
    with pytest.raises(NothingToPay):
        start_payment(invoice_id=attempt.invoice_id, site=SITE)

    provider.close_dispute(dispute, "won")
    reconcile(attempt)
    assert books(attempt) == Decimal("120.00")
    assert Mail.objects.filter(event="invoices.dispute_shop").count() == 1


def test_what_is_left_after_a_part_went_back_is_to_the_cent(attempt: PaymentAttempt) -> None:
    for amount in ("120.00", "-80.21"):
        Payment.objects.create(
            invoice=attempt.invoice,
            attempt=attempt,
            amount=amount,
            method=Payment.Method.CARD,
            received_on=timezone.localdate(),
        )
    assert str(attempt.refundable) == "39.79"


def test_staff_refund_a_part(attempt: PaymentAttempt, provider: Standin, sam: User) -> None:
    provider.pay(attempt.session_id or "")
    reconcile(attempt)

    for _click in range(2):
        ask_refund(
            attempt_id=attempt.pk,
            amount=Decimal(50),
            reason="A scratch",
            actor=sam,
            idempotency_key="form 1",
        )
    send_refunds_of(attempt)

    assert provider.net(attempt.payment_intent) == Decimal("70.00")
    assert books(attempt) == Decimal("70.00")
    with pytest.raises(TooMuch):
        ask_refund(attempt_id=attempt.pk, amount=Decimal("70.01"), reason="", actor=sam)


def send_and_hear_nothing(attempt: PaymentAttempt, provider: Standin) -> Refund:
    """A refund of 50.00 of what is paid: Stripe has sent it, and does not answer when asked."""
    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    refund = ask_refund(attempt_id=attempt.pk, amount=Decimal(50), reason="A scratch", actor=None)
    provider.fail(SESSIONS, "error_before", probability=1, method="GET")
    with pytest.raises(PaymentUnavailable):
        send_refunds_of(attempt)
    refund.refresh_from_db()
    return refund


def test_a_refund_that_is_sent_and_not_booked_is_not_promised_twice(
    attempt: PaymentAttempt, provider: Standin, sam: User
) -> None:
    send_and_hear_nothing(attempt, provider)

    assert books(attempt) == Decimal("120.00")
    assert attempt.refundable == Decimal("70.00")
    with pytest.raises(TooMuch):
        ask_refund(attempt_id=attempt.pk, amount=Decimal("70.01"), reason="", actor=sam)
    provider.faults()
    reconcile(attempt)
    assert attempt.refundable == books(attempt) == Decimal("70.00")


def test_a_refund_that_no_bank_takes_goes_back_otherwise(
    attempt: PaymentAttempt, provider: Standin, sam: User
) -> None:
    open_the_shop()
    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    refund = ask_refund(attempt_id=attempt.pk, amount=Decimal(50), reason="A scratch", actor=sam)
    send_refunds_of(attempt)
    refund.refresh_from_db()

    provider.fail_refund(refund.stripe_id)
    for _event in range(2):
        reconcile(attempt)

    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    assert Invoice.objects.get().refundable_by_hand == Decimal(50)
    assert Mail.objects.filter(event="invoices.refund_failed_shop").count() == 1


def test_a_refund_that_failed_before_it_was_booked_is_not_waited_for(
    attempt: PaymentAttempt, provider: Standin
) -> None:
    refund = send_and_hear_nothing(attempt, provider)
    provider.fail_refund(refund.stripe_id)
    provider.faults()

    reconcile(attempt)

    assert attempt.refundable == books(attempt) == Decimal("120.00")


def test_a_refund_whose_answer_was_lost_does_not_go_back_again_days_later(
    attempt: PaymentAttempt, provider: Standin, sam: User
) -> None:
    provider.pay(attempt.session_id or "")
    reconcile(attempt)
    ask_refund(attempt_id=attempt.pk, amount=Decimal(50), reason="A scratch", actor=sam)
    provider.fail("/v1/refunds", "reset", next=2, method="POST")
    send_refunds_of(attempt)
    assert books(attempt) == Decimal("120.00")

    Refund.objects.update(tried_at=Now() - timedelta(days=2))
    provider.clock(ahead=2 * 24 * 3600)
    send_refunds()

    assert provider.net(attempt.payment_intent) == books(attempt) == Decimal("70.00")


def test_two_tabs_and_a_reload_lead_to_one_page(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    for _click in range(3):
        answer = client.post(f"/invoices/{attempt.invoice.secret}/pay/")
        assert answer["Location"] == attempt.url

    assert PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize("fault", ["error", "error_before", "429", "409", "reset"])
def test_a_stripe_with_a_bad_day_costs_nobody_an_order(
    client: Client, clock: Item, provider: Standin, fault: str
) -> None:
    put_in_bag(client, clock)
    provider.fail(SESSIONS, fault, next=2, method="POST")

    order_by_card(client)
    order = Order.objects.get()
    for _click in range(3):
        answer = client.post(f"/invoices/{order.invoice.secret}/pay/")

    live = PaymentAttempt.objects.live().get()
    assert answer["Location"] == live.url
    provider.pay(live.session_id or "")
    reconcile(live)
    assert order_of(live).paid_at


def test_after_its_time_nobody_is_led_to_pay(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    time_passes()

    with pytest.raises(NothingToPay):
        start_payment(invoice_id=attempt.invoice_id, site=SITE)


def test_a_shopper_cancels_before_paying(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    client.post(f"/orders/{order_of(attempt).secret}/cancel/")

    assert order_of(attempt).state == Order.State.CANCELLED
    assert provider.pay(attempt.session_id or "") == ""


def test_who_cancels_what_is_paid_already_has_bought_it(
    client: Client, attempt: PaymentAttempt, provider: Standin
) -> None:
    provider.pay(attempt.session_id or "")

    with pytest.raises(TransitionNotAllowed):
        cancel_order(order_id=order_of(attempt).pk, actor=None)

    assert order_of(attempt).paid_at


def test_a_transfer_may_be_paid_by_card_instead(
    client: Client, clock: Item, provider: Standin
) -> None:
    put_in_bag(client, clock)
    client.post("/checkout/", form_of(client))
    order = Order.objects.get()
    payment_due_at = order.payment_due_at

    client.post(f"/invoices/{order.invoice.secret}/pay/")
    attempt = PaymentAttempt.objects.get()
    client.get(back_page(attempt))

    order.refresh_from_db()
    assert (order.state, order.payment_due_at) == (Order.State.OPEN, payment_due_at)
    client.post(f"/invoices/{order.invoice.secret}/pay/")
    latest = PaymentAttempt.objects.live().get()
    provider.pay(latest.session_id or "")
    client.get(paid_page(latest))
    assert order_of(latest).paid_at


def test_what_is_sent_may_be_paid_by_card(client: Client, clock: Item, provider: Standin) -> None:
    put_in_bag(client, clock)

    order_by_card(client, delivery="ship", **ADDRESS)

    assert PaymentAttempt.objects.get().amount == Decimal("129.90")


@pytest.fixture
def agreed(alice: User, wren: User, provider: Standin) -> Invoice:
    """Of a ticket whose quote of 100.00 with a deposit of 30.00 was accepted."""
    quote = make_quote(make_ticket(alice), "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    return Invoice.objects.get()


def pay(invoice: Invoice, provider: Standin) -> PaymentAttempt:
    started = start_payment(invoice_id=invoice.pk, site=SITE)
    provider.pay(started.attempt.session_id or PaymentAttempt.objects.live().get().session_id or "")
    reconcile(started.attempt)
    return started.attempt


def move(invoice: Invoice, to: Status, wren: User) -> Invoice:
    transition_ticket(ticket_id=invoice.ticket_id or 0, to=to, actor=wren, site=SITE)
    return Invoice.objects.get(pk=invoice.pk)


def test_a_deposit_comes_first_and_the_balance_when_it_is_done(
    agreed: Invoice, provider: Standin, wren: User
) -> None:
    assert agreed.due_now == Decimal("30.00")
    assert agreed.state == Invoice.State.DEPOSIT
    with pytest.raises(WorkRefused):
        move(agreed, Status.IN_PROGRESS, wren)

    assert pay(agreed, provider).amount == Decimal("30.00")
    invoice = move(agreed, Status.IN_PROGRESS, wren)
    assert (invoice.due_now, invoice.balance) == (Decimal(0), Decimal("70.00"))

    invoice = move(agreed, Status.READY, wren)
    assert invoice.number
    assert pay(invoice, provider).amount == Decimal("70.00")
    invoice = Invoice.objects.get()
    assert (invoice.balance, invoice.state) == (Decimal(0), Invoice.State.PAID)
    billed = Mail.objects.filter(to="alice@example.com").exclude(
        attachment="", event__startswith="repairs_restorals."
    )
    # What asks for money comes with the mail about the work; what has come has one of its own.
    assert list(billed.order_by("pk").values_list("event", flat=True)) == [
        "repairs_restorals.accepted",
        "invoices.payment",
        "repairs_restorals.moved",
        "invoices.payment",
    ]


def test_another_amount_gets_another_pay_page(
    agreed: Invoice, provider: Standin, wren: User
) -> None:
    first = start_payment(invoice_id=agreed.pk, site=SITE)
    record_payment(
        invoice_id=agreed.pk,
        received=Received(Decimal(10), Payment.Method.CASH, timezone.localdate()),
        actor=wren,
    )
    # Nobody is led to the first one, whose end Stripe has not confirmed.
    provider.fail(SESSIONS, "error", probability=1)
    with pytest.raises(PaymentUnavailable):
        start_payment(invoice_id=agreed.pk, site=SITE)
    provider.faults()

    second = start_payment(invoice_id=agreed.pk, site=SITE)

    assert second.attempt.amount == Decimal("20.00")
    first.attempt.refresh_from_db()
    assert first.attempt.state == State.EXPIRED


def test_a_hundred_clicks_lead_to_one_attempt(agreed: Invoice, provider: Standin) -> None:
    def click() -> str:
        try:
            return start_payment(invoice_id=agreed.pk, site=SITE).url
        except PaymentUnavailable:
            # Another click's call under the same key was still at work, twice.
            return ""

    urls = {url for url in at_once([click] * 20) if url}

    assert len(urls) == 1
    assert PaymentAttempt.objects.count() == 1


def test_control_a_key_for_each_click_would_charge_twice(
    agreed: Invoice, provider: Standin
) -> None:
    attempt = start_payment(invoice_id=agreed.pk, site=SITE).attempt
    asked: dict[str, Any] = {
        "attempt_id": attempt.pk,
        "amount": attempt.amount,
        "currency": "EUR",
        "description": "An order",
        "email": "",
        "expires_at": attempt.expires_at,
        "success_url": f"{SITE}/",
        "cancel_url": f"{SITE}/",
    }
    before = provider.ledger().keys()
    for _ in range(2):
        provider.pay(stripe_client.create_session(key=new_key(), **asked).id)

    new = [row for key, row in provider.ledger().items() if key not in before]
    assert [row["captures"] for row in new] == [1, 1]
    assert {row["metadata"]["attempt"] for row in new} == {str(attempt.pk)}


def test_settling_at_once_books_once(attempt: PaymentAttempt, provider: Standin) -> None:
    provider.pay(attempt.session_id or "")

    def settled() -> None:
        reconcile(PaymentAttempt.objects.get())

    at_once([settled] * 8)

    assert Payment.objects.count() == 1
    assert Mail.objects.filter(event="invoices.placed").count() == 1


def test_an_unpaid_transfer_is_reminded_of_once_and_ends(
    client: Client, clock: Item, provider: Standin
) -> None:
    put_in_bag(client, clock)
    client.post("/checkout/", form_of(client))
    assert remind_unpaid_orders() == 0

    Order.objects.update(
        placed_at=Now() - timedelta(days=6), payment_due_at=Now() + timedelta(days=1)
    )
    assert [remind_unpaid_orders(), remind_unpaid_orders()] == [1, 0]
    Order.objects.update(payment_due_at=Now())

    assert end_unpaid_orders() == 1
    events = Mail.objects.filter(to="ann@example.com").order_by("pk")
    assert list(events.values_list("event", flat=True)) == [
        "invoices.placed",
        "invoices.remind",
        "invoices.cancel",
    ]


def test_what_is_paid_in_part_is_for_staff_to_decide(
    client: Client, clock: Item, provider: Standin
) -> None:
    put_in_bag(client, clock)
    client.post("/checkout/", form_of(client))
    record_payment(
        invoice_id=Invoice.objects.get().pk,
        received=Received(Decimal(20), Payment.Method.TRANSFER, timezone.localdate()),
        actor=None,
    )
    Order.objects.update(payment_due_at=Now())

    assert end_unpaid_orders() == 0
    assert Invoice.objects.get().balance == Decimal("100.00")
