"""All that the shop says to Stripe: the one file that knows the `stripe` package.

No database here, and no lock may be held around a call: each may take seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from math import inf
from time import monotonic
from typing import Any

import stripe
from django.conf import settings

from invoices.exceptions import BadSignature, PaymentRefused, PaymentUnavailable
from invoices.payments.minor_units import from_minor_units, to_minor_units
from outside.bulkhead import Bulkhead, Unavailable
from outside.last_calls import note

# Seconds to connect and to wait for an answer; each call is tried once more.
TIMEOUT = (3, 5)
RETRIES = 1
# After a try that hung none is made for a while, not even the second of the same call.
bulkhead = Bulkhead("Stripe", threads=2, seconds=sum(TIMEOUT), rest=10)
# Disputes whose money is with us: won, or only announced. All others took it away.
HARMLESS_DISPUTES = frozenset(
    {"won", "prevented", "warning_needs_response", "warning_under_review", "warning_closed"}
)
# By when all calls must have ended, by the monotonic clock; the timer has all the time it wants.
_end: ContextVar[float] = ContextVar("_end", default=inf)
# What comes of reading something that has not the shape of an event.
NOT_OF_STRIPE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
# As long as the columns in which they are kept or looked for.
LONGEST_NAME, LONGEST_TYPE = 200, 100


@dataclass(frozen=True)
class Session:
    """A page at Stripe where one attempt may be paid until it expires."""

    id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Facts:
    """What Stripe knows about a session.

    `entries` is the money by the id of what moved it: positive for what the payment
    intent captured, negative for each refund and for each dispute that took it away,
    0 for those that failed or were won. `currency` is that of the money; "" before it came.
    """

    status: str
    paid: bool
    payment_intent: str = ""
    url: str = ""
    entries: dict[str, Decimal] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True)
class SignedEvent:
    """What an event is about, as far as it says; never what it claims about money."""

    id: str
    type: str
    session_id: str = ""
    payment_intent: str = ""
    attempt_id: str = ""


def create_session(
    *,
    key: str,
    attempt_id: object,
    amount: Decimal,
    currency: str,
    description: str,
    email: str,
    expires_at: datetime,
    success_url: str,
    cancel_url: str,
) -> Session:
    """Open a page to pay `amount` on. `expires_at` is 30 minutes to 24 hours ahead.

    The same `key` gives the same session, whichever answer was lost.
    """
    ids = {"attempt": str(attempt_id)}
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "payment",
        "locale": "auto",
        # What is not a card may be paid days later, when the thing is long gone.
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": to_minor_units(amount, currency),
                    "product_data": {"name": description},
                },
            }
        ],
        "client_reference_id": str(attempt_id),
        "metadata": ids,
        "payment_intent_data": {"metadata": ids},
        "expires_at": int(expires_at.timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if email:
        params["customer_email"] = email
    with answers(refusals=True):
        made = client().v1.checkout.sessions.create(params, {"idempotency_key": key})
    return Session(made.id, made.url or "", datetime.fromtimestamp(made.expires_at, UTC))


def fetch(session_id: str) -> Facts:
    """Ask what became of a session and of its money."""
    with answers():
        session = client().v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
        paid = session.payment_status == "paid"
        intent = session.payment_intent
        if not isinstance(intent, stripe.PaymentIntent):
            return Facts(session.status or "open", paid, url=session.url or "")
        entries = dict(moves(intent)) if paid else {}
    url, currency = session.url or "", intent.currency.upper() if paid else ""
    return Facts(session.status or "open", paid, intent.id, url, entries, currency)


def moves(intent: stripe.PaymentIntent) -> Iterator[tuple[str, Decimal]]:
    """Every move of a payment's money, by the id of what moved it."""
    currency = intent.currency.upper()
    yield intent.id, from_minor_units(intent.amount_received, currency)
    services = client().v1
    for refund in services.refunds.list(
        {"payment_intent": intent.id, "limit": 100}
    ).auto_paging_iter():
        back = 0 if refund.status in {"failed", "canceled"} else refund.amount
        yield refund.id, from_minor_units(-back, currency)
    for dispute in services.disputes.list(
        {"payment_intent": intent.id, "limit": 100}
    ).auto_paging_iter():
        away = 0 if dispute.status in HARMLESS_DISPUTES else dispute.amount
        yield dispute.id, from_minor_units(-away, currency)


def close_session(session_id: str) -> None:
    """See to it that a session cannot be paid any more, unless it has been already."""
    with answers():
        try:
            client().v1.checkout.sessions.expire(session_id)
        except stripe.InvalidRequestError:
            if client().v1.checkout.sessions.retrieve(session_id).status == "open":
                raise


def refund(
    *,
    key: str,
    payment_intent: str,
    amount: Decimal,
    currency: str,
    attempt_id: object,
    refund_id: object,
) -> str:
    """Give money back and return Stripe's id of it.

    Stripe repeats an error of its own under its key even if the money did move: ask
    `find_refund` before another key, or it may go back twice.
    """
    params: stripe.params.RefundCreateParams = {
        "payment_intent": payment_intent,
        "amount": to_minor_units(amount, currency),
        "metadata": {"attempt": str(attempt_id), "refund": str(refund_id)},
    }
    with answers(refusals=True):
        return client().v1.refunds.create(params, {"idempotency_key": key}).id


def find_refund(*, payment_intent: str, refund_id: object) -> str:
    """Stripe's id of a refund of ours; empty when it never came to be."""
    with answers():
        refunds = client().v1.refunds.list({"payment_intent": payment_intent, "limit": 100})
        for made in refunds.auto_paging_iter():
            if made.metadata and made.metadata.to_dict().get("refund") == str(refund_id):
                return made.id
    return ""


def read_event(body: bytes, signature: str) -> SignedEvent:
    """Read a message that Stripe signed within the last 5 minutes, or raise BadSignature."""
    try:
        event = stripe.Webhook.construct_event(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, api_key=settings.STRIPE_SECRET_KEY
        ).to_dict()
        about = event["data"]["object"]
        kind = about["object"]
        intent = about["id"] if kind == "payment_intent" else about.get("payment_intent")
        return SignedEvent(
            id=name_in(event["id"] or None),
            type=name_in(event["type"], LONGEST_TYPE),
            session_id=name_in(about["id"] if kind == "checkout.session" else ""),
            payment_intent=name_in(intent or ""),
            attempt_id=name_in((about.get("metadata") or {}).get("attempt", "")),
        )
    except (stripe.SignatureVerificationError, *NOT_OF_STRIPE) as problem:
        raise BadSignature(str(problem)) from problem


def name_in(value: object, longest: int = LONGEST_NAME) -> str:
    """A name that the database can keep. Raises ValueError for anything else."""
    # A lone surrogate cannot be encoded.
    if not isinstance(value, str) or "\0" in value or len(value.encode()) > longest:
        raise ValueError("This is no name.")
    return value


@contextmanager
def answers(*, refusals: bool = False) -> Iterator[None]:
    """Turn the package's errors into those that matter.

    What may have another answer the next time is PaymentUnavailable: silence, too many
    calls (429), another call under the key still at work (409), an error of Stripe's
    own, a key that the owner has to mend (401, 403). A call that can be made under
    another idempotency key has `refusals` too.
    """
    try:
        yield
    except PaymentUnavailable as failure:
        note(bulkhead.name, failure)
        raise
    except stripe.StripeError as error:
        note(bulkhead.name, None if stays(error) else error)
        said = f"{type(error).__name__} {error.http_status or ''} {error.user_message}"
        if refusals and stays(error):
            raise PaymentRefused(said) from error
        raise PaymentUnavailable(said) from error
    note(bulkhead.name)


def stays(error: stripe.StripeError) -> bool:
    """Whether the same call under the same key meets the same error again."""
    if error.http_status is None or error.http_status in {401, 403, 409, 429}:
        return False
    repeated = (error.headers or {}).get("Idempotent-Replayed") == "true"
    return error.http_status < 500 or repeated


@contextmanager
def hurry(seconds: float) -> Iterator[None]:
    """Have all calls in the block end within so many seconds, or be refused."""
    token = _end.set(monotonic() + seconds)
    try:
        yield
    finally:
        _end.reset(token)


class HurriedClient(stripe.RequestsClient):
    """Begins no try that may last longer than there is time, nor more than there is room for."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        if monotonic() + sum(TIMEOUT) > _end.get():
            raise PaymentUnavailable("No time is left to ask.")
        try:
            return bulkhead.run(lambda: self.request_there(*args, **kwargs))
        except Unavailable as failure:
            raise PaymentUnavailable(str(failure)) from failure

    def request_there(self, *args: Any, **kwargs: Any) -> Any:
        """With a connection of this thread's own, which follows no redirect with our key."""
        if getattr(self._thread_local, "session", None) is None:
            self._thread_local.session = self.requests.Session()
            self._thread_local.session.max_redirects = 0
        return super().request(*args, **kwargs)


def client() -> stripe.StripeClient:
    return client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def client_for(key: str, base: str) -> stripe.StripeClient:
    """One client for all threads; it keeps a connection of its own for each of them."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=RETRIES,
        http_client=HurriedClient(timeout=TIMEOUT),
    )
