"""The stand-in in a few words, for tests.

with standin() as stripe:
    stripe.fail("/v1/refunds", "error", next=1)
    stripe.pay(session_id)
    assert stripe.net() == Decimal("12.00")
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from django.test import override_settings
from stripe import WebhookSignature

from invoices.payments import stripe_client
from invoices.payments.minor_units import from_minor_units
from tests.processes import running, wait_until

SECRET = "whsec_of_the_tests"
KEY = "sk_test_standin"


class Standin:
    """A stand-in that runs at `base`; `settings` are those of a shop that uses it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.settings = {
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": base,
        }
        self.rules: list[dict[str, Any]] = []

    def call(self, method: str, path: str, sent: Any = None) -> Any:
        status, _headers, body = self.request(method, path, json.dumps(sent) if sent else "")
        if status != 200:
            raise AssertionError(body)
        return json.loads(body)

    def request(self, method: str, path: str, body: str = "") -> tuple[int, Any, str]:
        connection = HTTPConnection(urlsplit(self.base).netloc, timeout=30)
        connection.request(method, path, body)
        response = connection.getresponse()
        answer = response.status, response.headers, response.read().decode()
        connection.close()
        return answer

    # What a customer does.

    def pay(self, session_id: str, action: str = "pay") -> str:
        """Press Pay on the pay page; return where that leads, empty when it does not."""
        _status, headers, _body = self.request("POST", f"/c/pay/{session_id}", f"action={action}")
        return str(headers["Location"] or "")

    def decline(self, session_id: str) -> None:
        self.pay(session_id, "decline")

    def pay_late(self, session_id: str) -> None:
        """A payment that was under way when the session ended comes through."""
        self.call("POST", f"/_pay/{session_id}")

    # What happens at Stripe without the shop.

    def refund(self, payment_intent: str, amount: int | None = None) -> str:
        sent = {"payment_intent": payment_intent, "amount": amount}
        return str(self.call("POST", "/_refund", sent)["id"])

    def fail_refund(self, refund: str) -> None:
        self.call("POST", f"/_refund/{refund}", {"status": "failed"})

    def dispute(self, payment_intent: str) -> str:
        return str(self.call("POST", "/_dispute", {"payment_intent": payment_intent})["id"])

    def close_dispute(self, dispute: str, status: str) -> None:
        self.call("POST", f"/_dispute/{dispute}", {"status": status})

    def clock(self, *, ahead: float) -> None:
        """Set its clock so many seconds ahead of ours."""
        self.call("POST", "/_clock", {"ahead": ahead})

    # What goes wrong.

    def fail(self, path: str, kind: str, **rule: Any) -> None:
        """Add a fault of calls: `next=3`, or `probability=0.1`; `method`, `seconds`."""
        self.rules.append({"path": path, "kind": kind, **rule})
        self.faults(calls=self.rules)

    def faults(self, **wanted: Any) -> None:
        """Replace all faults; without any, all is well again. See `faults.py`.

        This process's shop asks at once, whatever it has met before.
        """
        stripe_client.bulkhead.rests_until = 0
        self.rules = list(wanted.get("calls", []))
        self.call("POST", "/_faults", wanted)

    # What it knows.

    def ledger(self) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = self.call("GET", "/_ledger")
        return rows

    def net(self, payment_intent: str | None = None) -> Decimal:
        """What is left of all that was captured, or of one payment."""
        rows = [r for pi, r in self.ledger().items() if payment_intent in {None, pi}]
        return sum((net_of(row) for row in rows), Decimal(0))

    def events(self, *types: str, about: str = "") -> list[dict[str, Any]]:
        """Events since the start, the oldest first; `about` a thing or a payment intent."""
        found: list[dict[str, Any]] = self.call("GET", f"/_events/{about}")
        return [event for event in found if not types or event["type"] in types]

    def send_events_to(self, webhook: str) -> None:
        self.call("POST", "/_webhook", {"url": webhook})

    def send(self, **wanted: Any) -> int:
        """Send an event to the webhook now: `event=` one again, or `type=`, `object=`."""
        return int(self.call("POST", "/_send", wanted)["status"])


def net_of(row: dict[str, Any]) -> Decimal:
    units = row["captured"] - row["refunded"] - row["disputed"]
    return from_minor_units(units, row["currency"].upper())


def signed(event: dict[str, Any], *, secret: str = SECRET) -> tuple[str, str]:
    """The body and the signature of an event, for a test client: `post(client, …)`."""
    body = json.dumps(event)
    return body, WebhookSignature.generate_signature_header(body, secret)


def post(client: Any, event: dict[str, Any], *, secret: str = SECRET) -> int:
    """Bring an event to the webhook of the shop under test; return the answer's status."""
    body, signature = signed(event, secret=secret)
    answer = client.post(
        "/stripe/webhook/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    return int(answer.status_code)


@contextmanager
def process(*, webhook: str = "") -> Iterator[Standin]:
    """A stand-in in a process of its own until the block ends."""
    command = ("python", "-m", "tests.stripe_standin", "--port", "{port}")
    with running(*command, "--webhook", webhook, "--secret", SECRET) as started:
        wait_until(lambda: started.status("/_ledger") == 200)
        yield Standin(f"http://127.0.0.1:{started.port}")


@contextmanager
def standin(*, webhook: str = "") -> Iterator[Standin]:
    """The same, and this process's shop uses it."""
    with process(webhook=webhook) as stripe, override_settings(**stripe.settings):
        stripe.faults()
        yield stripe
