"""Faults in what the shop says to Stripe and reads from it."""

from tests.torture.mutants.cards import ONCE, ORDER
from tests.torture.mutants.fault import Edit, Fault

API = "invoices/payments/stripe_client.py"
CLIENT = "tests/test_stripe_standin.py"
SIGNED = "invoices/tests/test_stripe_client.py"

FAULTS = [
    Fault(
        "a pay page under no key",
        ONCE,
        CLIENT,
        Edit(
            API,
            'sessions.create(params, {"idempotency_key": key})',
            "sessions.create(params)",
        ),
    ),
    Fault(
        "an unknown outcome taken for a refusal",
        ONCE,
        CLIENT,
        Edit(API, "{401, 403, 409, 429}", "{401, 403}"),
    ),
    Fault(
        "old events",
        ORDER,
        SIGNED,
        Edit(
            API,
            "api_key=settings.STRIPE_SECRET_KEY",
            "api_key=settings.STRIPE_SECRET_KEY, tolerance=0",
        ),
    ),
]
