"""Stripe's answers as a test writes them down, for what needs neither a process nor a network."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from invoices.exceptions import PaymentRefused, PaymentUnavailable
from invoices.payments import stripe_client
from invoices.payments.stripe_client import Facts, Session


@dataclass
class FakeStripe:
    """`asked` has the names and keyword arguments of all calls; `troubles` are raised, in turn."""

    facts: dict[str, Facts] = field(default_factory=dict)
    refunds: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, list[Exception | None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    currency: str = "EUR"

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("create_session", "close_session", "fetch", "refund", "find_refund"):
            monkeypatch.setattr(stripe_client, name, getattr(self, name))

    def calls(self, name: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.asked if called == name]

    def hear(self, name: str, **arguments: Any) -> None:
        self.asked.append((name, arguments))
        if self.troubles.get(name) and (trouble := self.troubles[name].pop(0)):
            raise trouble

    def create_session(self, **arguments: Any) -> Session:
        self.hear("create_session", **arguments)
        name = f"cs_{arguments['key']}"
        self.facts.setdefault(name, Facts("open", paid=False))
        return Session(name, f"https://pay.example.com/{name}", datetime.now(UTC))

    def close_session(self, session_id: str) -> None:
        self.hear("close_session", session_id=session_id)
        self.facts[session_id] = Facts("expired", paid=False)

    def fetch(self, session_id: str) -> Facts:
        self.hear("fetch", session_id=session_id)
        return self.facts[session_id]

    def refund(self, **arguments: Any) -> str:
        self.hear("refund", **arguments)
        return self.refunds.setdefault(arguments["key"], f"re_{arguments['refund_id']}")

    def find_refund(self, *, payment_intent: str, refund_id: int) -> str:
        self.hear("find_refund", payment_intent=payment_intent, refund_id=refund_id)
        return f"re_{refund_id}" if f"re_{refund_id}" in self.refunds.values() else ""

    def pay(self, session_id: str | None, intent: str, **entries: Decimal) -> None:
        """The session was paid, and that is what moved of its money since."""
        assert session_id
        self.facts[session_id] = Facts(
            "complete", paid=True, payment_intent=intent, entries=entries, currency=self.currency
        )


SILENT = PaymentUnavailable("silent")
REFUSED = PaymentRefused("refused")
