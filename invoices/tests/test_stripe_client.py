"""What needs no Stripe: units of money and signed events."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import override_settings
from stripe import WebhookSignature

from invoices.exceptions import BadSignature, PaymentRefused
from invoices.payments.minor_units import from_minor_units, to_minor_units
from invoices.payments.stripe_client import SignedEvent, read_event

SECRET = "whsec_of_the_tests"
PAID = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "data": {
        "object": {
            "id": "cs_1",
            "object": "checkout.session",
            "payment_intent": "pi_1",
            "metadata": {"attempt": "7"},
        }
    },
}


@pytest.fixture(autouse=True)
def _webhook_secret() -> Iterator[None]:
    with override_settings(STRIPE_SECRET_KEY="sk_test_1", STRIPE_WEBHOOK_SECRET=SECRET):
        yield


def signed(body: str, *, secret: str = SECRET, seconds_ago: int = 0) -> tuple[bytes, str]:
    at = int(time.time()) - seconds_ago
    return body.encode(), WebhookSignature.generate_signature_header(body, secret, at)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.34", "EUR", 1234),
        ("0.10", "USD", 10),
        ("1500.00", "JPY", 1500),
        ("5.12", "KWD", 5120),
        ("300.00", "ISK", 30000),
    ],
)
def test_money_is_counted_in_the_unit_of_its_currency(
    amount: str, currency: str, units: int
) -> None:
    assert to_minor_units(Decimal(amount), currency) == units
    assert from_minor_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.005", "EUR"), ("10.50", "JPY"), ("5.123", "KWD"), ("10.50", "ISK"), ("0.5", "UGX")],
)
def test_what_stripe_cannot_count_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(PaymentRefused):
        to_minor_units(Decimal(amount), currency)


def test_a_signed_event_says_what_it_is_about() -> None:
    event = read_event(*signed(json.dumps(PAID)))

    assert event == SignedEvent("evt_1", "checkout.session.completed", "cs_1", "pi_1", "7")


def test_an_event_about_a_refund_names_its_payment() -> None:
    about = {"id": "re_1", "object": "refund", "payment_intent": "pi_1", "metadata": {}}
    event = read_event(*signed(json.dumps({**PAID, "data": {"object": about}})))

    assert (event.session_id, event.payment_intent, event.attempt_id) == ("", "pi_1", "")


def test_an_event_about_a_payment_names_it() -> None:
    about = {"id": "pi_1", "object": "payment_intent", "metadata": {"attempt": "7"}}
    event = read_event(*signed(json.dumps({**PAID, "data": {"object": about}})))

    assert (event.payment_intent, event.attempt_id) == ("pi_1", "7")


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        signed(json.dumps(PAID), secret="whsec_of_a_stranger"),
        signed(json.dumps(PAID), seconds_ago=301),
        (signed(json.dumps(PAID))[0] + b" ", signed(json.dumps(PAID))[1]),
        (b"{}", ""),
        (b"\xff", "t=1,v1=0"),
        (json.dumps(PAID).encode(), f"t={int(time.time())},v1=é"),
        (json.dumps(PAID).encode(), f"t={int(time.time())},v0=00"),
        signed("[]"),
        signed("{}"),
        signed("not json"),
        signed("[" * 100_000),
    ],
    # Not by what is signed, which has the time in it: all processes want the same names.
    ids=[
        "stranger",
        "old",
        "longer",
        "unsigned",
        "no text",
        "no hex",
        "other scheme",
        "a list",
        "an empty object",
        "no json",
        "deep",
    ],
)
def test_anything_else_is_no_event(body: bytes, signature: str) -> None:
    with pytest.raises(BadSignature):
        read_event(body, signature)


def of_attempt(number: object) -> dict[str, object]:
    return {"object": "payment_intent", "id": "pi_1", "metadata": {"attempt": number}}


@pytest.mark.parametrize(
    "odd",
    [
        {"id": None},
        {"id": ""},
        {"id": {}},
        {"id": "evt_\0"},
        {"id": "evt_\ud800"},
        {"id": "e" * 201},
        {"type": 7},
        {"type": "t" * 101},
        {"data": {"object": {"object": "checkout.session", "id": ["cs_1"]}}},
        {"data": {"object": {"object": "refund", "id": "re_1", "payment_intent": {"id": "pi"}}}},
        {"data": {"object": of_attempt(7)}},
    ],
    ids=str,
)
def test_what_is_signed_but_no_event_of_ours_is_refused(odd: dict[str, object]) -> None:
    with pytest.raises(BadSignature):
        read_event(*signed(json.dumps({**PAID, **odd})))
