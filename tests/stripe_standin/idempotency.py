"""Stripe's table of answers by idempotency key.

https://docs.stripe.com/api/idempotent_requests: the first answer under a key is stored,
errors of carrying it out as well; keys are forgotten after 24 hours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tests.stripe_standin.errors import Refusal

LIFE = 24 * 3600
REPLAYED = {"Idempotent-Replayed": "true"}


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Entry:
    asked: tuple[str, str]
    since: float
    answer: Answer | None = None


class Table:
    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.lock = Lock()
        self.entries: dict[str, Entry] = {}

    def answer(self, key: str, asked: tuple[str, str], carry_out: Callable[[], Answer]) -> Answer:
        """The answer of the first call under `key`; `asked` is its path and parameters."""
        if not key:
            return carry_out()
        if stored := self.stored(key, asked):
            return Answer(stored.status, stored.body, {**stored.headers, **REPLAYED})
        answer = None
        try:
            answer = carry_out()
        finally:
            with self.lock:
                if answer:
                    self.entries[key].answer = answer
                else:
                    # It was not carried out: nothing is stored.
                    del self.entries[key]
        return answer

    def stored(self, key: str, asked: tuple[str, str]) -> Answer | None:
        """What was answered before; None when the caller is to carry it out now."""
        with self.lock:
            entry = self.entries.get(key)
            if entry is None or entry.since < self.now() - LIFE:
                self.entries[key] = Entry(asked, self.now())
                return None
        if entry.asked != asked:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{key}'.",
                kind="idempotency_error",
            )
        if entry.answer is None:
            raise in_use()
        return entry.answer


def in_use() -> Refusal:
    return Refusal(
        "There is currently another in-progress request using this Idempotent Key.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
