"""Faults in what the shop says to Stripe and reads from it."""

from tests.torture.mutants.cards import CARDS, LEDGER, ONCE, ORDER
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
        "a refund under no key",
        ONCE,
        CLIENT,
        Edit(
            API,
            'refunds.create(params, {"idempotency_key": key})',
            "refunds.create(params)",
        ),
    ),
    Fault(
        "a stored error taken for passing",
        ONCE,
        CLIENT,
        Edit(
            API,
            "    return error.http_status < 500 or repeated",
            "    return error.http_status < 500",
        ),
    ),
    Fault(
        "an unknown outcome taken for a refusal",
        ONCE,
        CLIENT,
        Edit(API, "{401, 403, 409, 429}", "{401, 403}"),
    ),
    Fault(
        "somebody else's refund taken for ours",
        ONCE,
        CLIENT,
        Edit(API, 'get("refund") == str(refund_id)', 'get("refund")'),
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
    Fault(
        "only the first refunds",
        ORDER,
        CLIENT,
        Edit(
            API,
            ").auto_paging_iter():\n        back",
            ").data:\n        back",
        ),
    ),
    Fault(
        "a won dispute that stays booked",
        ORDER,
        CLIENT,
        Edit(API, '{"won", "prevented", ', '{"prevented", '),
    ),
    Fault(
        "sold or not by what went back since",
        ORDER,
        CARDS,
        Edit(LEDGER, "name != attempt.payment_intent", "name == attempt.payment_intent"),
    ),
    Fault(
        "cents of what has none",
        "17 One balance to the cent",
        SIGNED,
        Edit("invoices/payments/minor_units.py", " JPY ", " "),
    ),
]
