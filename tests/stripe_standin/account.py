"""The money and the sessions of one account at Stripe, in memory, under one lock."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.stripe_standin.errors import Refusal, missing

Thing = dict[str, Any]
KINDS = {
    "cs_test": "checkout.session",
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "du": "dispute",
    "evt": "event",
}


class Account:
    """Things by kind and id, each as it is answered. `post` is given every event."""

    def __init__(self, post: Callable[[Thing], None], kept: Thing | None = None) -> None:
        self.lock = threading.RLock()
        self.post = post
        self.ahead = 0.0
        self.numbers = itertools.count(1)
        self.things: dict[str, dict[str, Thing]] = {kind: {} for kind in KINDS.values()}
        self.things.update(kept or {})

    @property
    def now(self) -> int:
        return int(time.time() + self.ahead)

    def new(self, prefix: str, **values: Any) -> Thing:
        name = f"{prefix}_{next(self.numbers)}{secrets.token_hex(8)}"
        thing = {"id": name, "object": KINDS[prefix], "created": self.now, "livemode": False}
        self.things[KINDS[prefix]][name] = thing = thing | values
        return thing

    def get(self, kind: str, name: str) -> Thing:
        if name not in self.things[kind]:
            raise missing(kind, name)
        return self.things[kind][name]

    def find(self, name: str) -> Thing:
        """A thing of whatever kind its id says."""
        return self.get(KINDS[name.rpartition("_")[0]], name)

    def all(self, kind: str, **values: Any) -> Iterator[Thing]:
        """Things of a kind with these values, the newest first, as Stripe lists them."""
        for thing in reversed(list(self.things[kind].values())):
            if all(thing[k] == v for k, v in values.items()):
                yield thing

    def events_about(self, name: str) -> Iterator[Thing]:
        for event in self.all("event"):
            about = event["data"]["object"]
            if name in {about["id"], about.get("payment_intent")}:
                yield event

    def tell(self, kind: str, about: Thing) -> Thing:
        # A copy: an event shows what was, not what is.
        event = self.new("evt", type=kind, data={"object": about.copy()}, pending_webhooks=1)
        self.post(event)
        return event

    def expire_sessions(self) -> None:
        for session in self.all("checkout.session", status="open"):
            self.expire_if_over(session)

    def expire_if_over(self, session: Thing) -> None:
        if session["status"] == "open" and session["expires_at"] <= self.now:
            self.close(session)

    def close(self, session: Thing) -> None:
        session.update(status="expired", url=None)
        self.tell("checkout.session.expired", session)

    def pay(self, name: str, *, late: bool = False) -> Thing:
        """What follows when a customer's card is charged; nothing more if it has been.

        `late` is a payment that was under way already when the session ended.
        """
        session = self.get("checkout.session", name)
        self.expire_if_over(session)
        if session["status"] == "complete" or not (session["status"] == "open" or late):
            return session
        intent = self.intent_of(session)
        amount = session["amount_total"]
        charge = self.new(
            "ch",
            amount=amount,
            amount_captured=amount,
            amount_refunded=0,
            captured=True,
            currency=session["currency"],
            disputed=False,
            metadata=intent["metadata"],
            paid=True,
            payment_intent=intent["id"],
            refunded=False,
            status="succeeded",
        )
        intent.update(amount_received=amount, status="succeeded", latest_charge=charge["id"])
        session.update(
            status="complete", payment_status="paid", payment_intent=intent["id"], url=None
        )
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)
        self.tell("checkout.session.completed", session)
        return session

    def decline(self, name: str) -> Thing:
        session = self.get("checkout.session", name)
        self.expire_if_over(session)
        if session["status"] == "open":
            self.tell("payment_intent.payment_failed", self.intent_of(session))
        return session

    def intent_of(self, session: Thing) -> Thing:
        """The session's payment intent; it is made with the first try to pay."""
        if session["payment_intent"]:
            return self.get("payment_intent", session["payment_intent"])
        intent = self.new(
            "pi",
            amount=session["amount_total"],
            amount_received=0,
            currency=session["currency"],
            latest_charge=None,
            metadata=session["_intent_metadata"],
            status="requires_payment_method",
        )
        session["payment_intent"] = intent["id"]
        return intent

    def refund(self, intent: str, amount: int | None, metadata: Thing, reason: str | None) -> Thing:
        charge = self.charge_of(intent)
        left = charge["amount_captured"] - charge["amount_refunded"]
        if left == 0:
            raise refused(f"Charge {charge['id']} has been refunded.", "charge_already_refunded")
        if any(d["status"] != "won" for d in self.all("dispute", charge=charge["id"])):
            raise refused(f"Charge {charge['id']} has been charged back.", "charge_disputed")
        if (amount or left) > left:
            raise refused(f"Refund amount ({amount}) is greater than unrefunded amount ({left})")
        made = self.new(
            "re",
            amount=amount or left,
            charge=charge["id"],
            currency=charge["currency"],
            metadata=metadata,
            payment_intent=intent,
            reason=reason,
            status="succeeded",
        )
        charge["amount_refunded"] += made["amount"]
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        return made

    def fail_refund(self, name: str) -> Thing:
        """The customer's bank sends a refund back."""
        made = self.get("refund", name)
        if made["status"] == "succeeded":
            made["status"] = "failed"
            charge = self.get("charge", made["charge"])
            charge["amount_refunded"] -= made["amount"]
            charge["refunded"] = False
            self.tell("refund.failed", made)
        return made

    def dispute(self, intent: str) -> Thing:
        """A customer's bank takes the whole amount back for now."""
        charge = self.charge_of(intent)
        made = self.new(
            "du",
            amount=charge["amount_captured"],
            charge=charge["id"],
            currency=charge["currency"],
            metadata={},
            payment_intent=intent,
            reason="fraudulent",
            status="needs_response",
        )
        charge["disputed"] = True
        self.tell("charge.dispute.created", made)
        return made

    def close_dispute(self, name: str, status: str) -> Thing:
        made = self.get("dispute", name)
        made["status"] = status
        self.tell("charge.dispute.closed", made)
        return made

    def charge_of(self, intent: str) -> Thing:
        charge = self.get("payment_intent", intent)["latest_charge"]
        if charge is None:
            raise refused(f"PaymentIntent {intent} does not have a successful charge to refund.")
        return self.get("charge", charge)

    def ledger(self) -> dict[str, Thing]:
        """Per payment intent what was moved, in minor units, summed from the moves."""
        rows: dict[str, Thing] = {}
        for intent in self.all("payment_intent"):
            charges = list(self.all("charge", payment_intent=intent["id"]))
            rows[intent["id"]] = {
                "metadata": intent["metadata"],
                "currency": intent["currency"],
                "captures": len(charges),
                "captured": sum(charge["amount_captured"] for charge in charges),
                "refunded": 0,
                "disputed": 0,
            }
        for made in self.all("refund", status="succeeded"):
            rows[made["payment_intent"]]["refunded"] += made["amount"]
        for made in self.all("dispute"):
            if made["status"] != "won":
                rows[made["payment_intent"]]["disputed"] += made["amount"]
        return rows


def refused(message: str, code: str = "") -> Refusal:
    return Refusal(message, code=code, executed=True)
