"""The stand-in for Stripe, and the shop's client, each tried on the other.

All that is asked of it goes through the official package.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import stripe
from django.utils import timezone

from invoices.exceptions import PaymentRefused, PaymentUnavailable
from invoices.payments.stripe_client import (
    Facts,
    Session,
    client,
    close_session,
    create_session,
    fetch,
    find_refund,
    read_event,
    refund,
)
from tests.crowd import at_once
from tests.stripe_standin.driver import Standin, signed

SESSIONS = "/v1/checkout/sessions"


def open_session(key: str = "", **changes: Any) -> Session:
    wanted: dict[str, Any] = {
        "key": key or str(uuid4()),
        "attempt_id": 7,
        "amount": Decimal("12.34"),
        "currency": "EUR",
        "description": "Order 17",
        "email": "alice@example.com",
        "expires_at": timezone.now() + timedelta(minutes=33),
        "success_url": "http://shop.example.com/paid/",
        "cancel_url": "http://shop.example.com/back/",
    }
    return create_session(**{**wanted, **changes})


def paid_session(provider: Standin) -> Facts:
    session = open_session()
    provider.pay(session.id)
    return fetch(session.id)


def refund_by_hand(facts: Facts, amount: str, *, key: str = "", refund_id: int = 1) -> str:
    return refund(
        key=key or str(uuid4()),
        payment_intent=facts.payment_intent,
        amount=Decimal(amount),
        currency="EUR",
        attempt_id=7,
        refund_id=refund_id,
    )


def test_a_session_is_paid_on_its_page(provider: Standin) -> None:
    session = open_session()
    assert fetch(session.id) == Facts("open", paid=False, url=session.url)

    assert provider.pay(session.id) == "http://shop.example.com/paid/"

    facts = fetch(session.id)
    assert (facts.status, facts.paid, facts.url) == ("complete", True, "")
    assert facts.entries == {facts.payment_intent: Decimal("12.34")}
    assert provider.net(facts.payment_intent) == Decimal("12.34")


def test_two_clicks_capture_once(provider: Standin) -> None:
    session = open_session()

    at_once([lambda: provider.pay(session.id)] * 10)

    assert provider.ledger()[fetch(session.id).payment_intent]["captures"] == 1


def test_a_declined_card_leaves_the_session_open(provider: Standin) -> None:
    session = open_session()
    provider.decline(session.id)

    facts = fetch(session.id)

    assert (facts.status, facts.paid, facts.entries) == ("open", False, {})


def test_a_closed_session_cannot_be_paid(provider: Standin) -> None:
    session = open_session()
    close_session(session.id)
    close_session(session.id)

    assert provider.pay(session.id) == ""
    assert fetch(session.id).status == "expired"


def test_closing_comes_too_late_for_what_is_paid(provider: Standin) -> None:
    session = open_session()
    provider.pay(session.id)

    close_session(session.id)

    assert fetch(session.id).paid


def test_closing_says_so_when_it_fails(provider: Standin) -> None:
    session = open_session()
    provider.fail(f"{SESSIONS}/*/expire", "error_before", next=1)

    with pytest.raises(PaymentUnavailable):
        close_session(session.id)


def test_a_session_ends_by_the_clock(provider: Standin) -> None:
    session = open_session()
    provider.clock(ahead=34 * 60)

    assert provider.pay(session.id) == ""
    assert fetch(session.id).status == "expired"
    about = [event["data"]["object"]["id"] for event in provider.events("checkout.session.expired")]
    assert about.count(session.id) == 1


def test_a_zero_decimal_currency_is_captured_whole(provider: Standin) -> None:
    session = open_session(amount=Decimal(1500), currency="JPY")
    provider.pay(session.id)

    facts = fetch(session.id)

    assert facts.entries[facts.payment_intent] == 1500
    assert provider.ledger()[facts.payment_intent]["captured"] == 1500


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_session_lives_from_half_an_hour_to_a_day(provider: Standin, minutes: int) -> None:
    with pytest.raises(PaymentRefused, match="expires_at"):
        open_session(expires_at=timezone.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("0.10")},
        {"email": "alice"},
        {"success_url": "/paid/"},
        {"description": ""},
        {"currency": "EURO"},
    ],
)
def test_what_stripe_would_refuse_is_refused(provider: Standin, wrong: dict[str, Any]) -> None:
    with pytest.raises(PaymentRefused):
        open_session(**wrong)


ITEM = {
    "quantity": 1,
    "price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "x"}},
}


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"mode": "payment", "colour": "red"}, "colour"),
        ({"mode": "gift"}, "mode"),
        ({"line_items": [{**ITEM, "price": {"a": "b"}}]}, "line_items[0][price]"),
        ({"line_items": [{**ITEM, "quantity": "two"}]}, "line_items[0][quantity]"),
        (
            {"line_items": [{"price_data": {"currency": "eur", "vat": "1"}}]},
            "line_items[0][price_data][vat]",
        ),
        (
            {"line_items": [{"price_data": {"unit_amount": 5}}]},
            "line_items[0][price_data][currency]",
        ),
        ({"adaptive_pricing": {"enabled": "perhaps"}}, "adaptive_pricing[enabled]"),
        ({"payment_intent_data": {"amount": 5}}, "payment_intent_data[amount]"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
    ],
)
def test_parameters_that_the_package_does_not_know_are_refused(
    provider: Standin, params: Any, named: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client().v1.checkout.sessions.create(params)

    assert refusal.value.param == named


def test_refunds_and_disputes_are_moves_of_the_payment(provider: Standin) -> None:
    facts = paid_session(provider)
    ours = refund_by_hand(facts, "2.00")
    theirs = provider.refund(facts.payment_intent, 34)
    failed = refund_by_hand(facts, "1.00", refund_id=2)
    provider.fail_refund(failed)
    dispute = provider.dispute(facts.payment_intent)

    session = client().v1.checkout.sessions.retrieve(session_of(provider, facts))

    assert fetch(session.id).entries == {
        facts.payment_intent: Decimal("12.34"),
        ours: Decimal("-2.00"),
        theirs: Decimal("-0.34"),
        failed: 0,
        dispute: Decimal("-12.34"),
    }
    provider.close_dispute(dispute, "won")
    assert fetch(session.id).entries[dispute] == 0
    assert provider.net(facts.payment_intent) == Decimal("10.00")


def session_of(provider: Standin, facts: Facts) -> str:
    completed = provider.events("checkout.session.completed")
    about = [event["data"]["object"] for event in completed]
    return next(str(s["id"]) for s in about if s["payment_intent"] == facts.payment_intent)


def test_no_more_goes_back_than_came(provider: Standin) -> None:
    facts = paid_session(provider)
    refund_by_hand(facts, "12.00")

    with pytest.raises(PaymentRefused):
        refund_by_hand(facts, "0.35", refund_id=2)

    assert provider.net(facts.payment_intent) == Decimal("0.34")


def test_more_refunds_than_one_page_are_all_seen(provider: Standin) -> None:
    session = open_session()
    provider.pay(session.id)
    intent = fetch(session.id).payment_intent
    for _ in range(101):
        provider.refund(intent, 10)

    assert sum(fetch(session.id).entries.values()) == Decimal("2.24")


def test_one_key_opens_one_session(provider: Standin) -> None:
    ends = timezone.now() + timedelta(minutes=33)

    assert open_session("a key", expires_at=ends) == open_session("a key", expires_at=ends)


def test_one_key_is_for_one_set_of_parameters(provider: Standin) -> None:
    open_session("another key")

    with pytest.raises(PaymentRefused, match="same parameters"):
        open_session("another key", amount=Decimal(99))


def test_a_second_call_under_a_key_at_work_is_to_be_made_again(provider: Standin) -> None:
    provider.fail(SESSIONS, "slow", next=1, seconds=3)
    ends = timezone.now() + timedelta(minutes=33)

    both = at_once([lambda: open_session("slow", expires_at=ends)] * 2)

    refused = next(answer for answer in both if isinstance(answer, PaymentUnavailable))
    assert "another in-progress request" in str(refused)
    assert open_session("slow", expires_at=ends) in both


@pytest.mark.parametrize("kind", ["429", "409", "reset", "reset_before"])
def test_without_an_answer_the_same_key_may_be_tried_again(provider: Standin, kind: str) -> None:
    provider.fail(SESSIONS, kind, next=2)
    ends = timezone.now() + timedelta(minutes=33)
    key = str(uuid4())

    for _ in range(2 if kind == "429" else 1):
        with pytest.raises(PaymentUnavailable):
            open_session(key, expires_at=ends)

    assert open_session(key, expires_at=ends) == open_session(key, expires_at=ends)


@pytest.mark.parametrize("kind", ["409", "reset", "reset_before"])
def test_one_failure_is_not_noticed(provider: Standin, kind: str) -> None:
    provider.fail(SESSIONS, kind, next=1)

    assert open_session().url


def test_an_error_is_stored_and_then_said_to_stay(provider: Standin) -> None:
    provider.fail(SESSIONS, "error", next=1)
    ends = timezone.now() + timedelta(minutes=33)

    with pytest.raises(PaymentUnavailable):
        open_session("broken", expires_at=ends)
    with pytest.raises(PaymentRefused):
        open_session("broken", expires_at=ends)


@pytest.mark.parametrize(("kind", "moved"), [("error", True), ("error_before", False)])
def test_after_an_error_the_list_says_whether_money_went_back(
    provider: Standin, kind: str, moved: bool
) -> None:
    facts = paid_session(provider)
    provider.fail("/v1/refunds", kind, method="POST", next=1)
    key = str(uuid4())

    with pytest.raises(PaymentUnavailable):
        refund_by_hand(facts, "5.00", key=key, refund_id=77)
    with pytest.raises(PaymentRefused):
        refund_by_hand(facts, "5.00", key=key, refund_id=77)

    found = find_refund(payment_intent=facts.payment_intent, refund_id=77)
    assert bool(found) is moved
    assert not find_refund(payment_intent=facts.payment_intent, refund_id=78)
    assert provider.net(facts.payment_intent) == Decimal("7.34" if moved else "12.34")


def test_a_stripe_that_hangs_is_given_up(provider: Standin, monkeypatch: Any) -> None:
    provider.fail(SESSIONS, "hang", next=2, seconds=3)
    monkeypatch.setattr("invoices.payments.stripe_client.TIMEOUT", (0.5, 0.5))
    monkeypatch.setattr("invoices.payments.stripe_client.client_for", client_without_cache())

    with pytest.raises(PaymentUnavailable):
        open_session()


def test_after_a_try_that_hung_none_is_made_for_a_while(
    provider: Standin, monkeypatch: Any
) -> None:
    provider.fail(SESSIONS, "hang", next=1, seconds=3)
    monkeypatch.setattr("invoices.payments.stripe_client.TIMEOUT", (0.5, 1.1))
    monkeypatch.setattr("invoices.payments.stripe_client.client_for", client_without_cache())

    for _time in range(2):
        with pytest.raises(PaymentUnavailable, match="has not answered just now"):
            open_session()


def client_without_cache() -> Callable[..., stripe.StripeClient]:
    from invoices.payments import stripe_client

    made: Callable[..., stripe.StripeClient] = stripe_client.client_for.__wrapped__
    return made


def test_a_stripe_that_is_away_is_unavailable(provider: Standin, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(PaymentUnavailable):
        fetch("cs_test_1")


def test_a_wrong_key_is_for_the_owner_to_mend(provider: Standin, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "pk_test_public"

    with pytest.raises(PaymentUnavailable, match="Invalid API Key"):
        open_session()


def test_events_are_signed_and_say_whom_they_are_about(provider: Standin) -> None:
    facts = paid_session(provider)
    refund_by_hand(facts, "1.00")

    mine = [read_event(body.encode(), at) for body, at in map(signed, provider.events())]

    kinds = {event.type for event in mine if event.payment_intent == facts.payment_intent}
    assert kinds == {
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "refund.created",
        "charge.refunded",
    }
    assert {e.attempt_id for e in mine if e.payment_intent == facts.payment_intent} == {"7"}


def test_fifty_at_once_each_get_their_own(provider: Standin) -> None:
    opened = at_once([open_session] * 50)

    assert len({session.id for session in opened}) == 50
