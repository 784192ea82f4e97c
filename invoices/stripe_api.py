"""Placeholder until the client is delivered; same names."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

DISPUTE = "d"


class PaymentUnavailable(Exception):
    pass


class PaymentRefused(Exception):
    pass


class BadSignature(Exception):
    pass


@dataclass(frozen=True)
class Session:
    id: str
    url: str


@dataclass(frozen=True)
class Facts:
    status: str
    paid: bool
    payment_intent: str
    url: str
    entries: dict[str, Decimal]


@dataclass(frozen=True)
class Event:
    id: str
    type: str
    session_id: str
    payment_intent: str
    attempt_id: str


def create_session(
    *,
    key: str,
    attempt_id: int,
    amount: Decimal,
    currency: str,
    description: str,
    email: str,
    expires_at: datetime,
    success_url: str,
    cancel_url: str,
) -> Session:
    raise PaymentUnavailable


def fetch(session_id: str) -> Facts:
    raise PaymentUnavailable


def close_session(session_id: str) -> None:
    raise PaymentUnavailable


def refund(
    *, key: str, payment_intent: str, amount: Decimal, attempt_id: int, refund_id: int
) -> str:
    raise PaymentUnavailable


def find_refund(*, payment_intent: str, refund_id: int) -> str:
    raise PaymentUnavailable


def read_event(body: bytes, signature: str) -> Event:
    raise BadSignature
