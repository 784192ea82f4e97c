"""Buyers: connections with cookies and an address of their own, who all ask at once."""

import html
import re
import secrets
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlencode

import psutil

from tests.processes import Process
from tests.torture.register import Call
from tests.visitor import Visitor

SUMMARY = re.compile(r'name="summary" value="([^"]+)"')
LOCATION = re.compile(rb"\r\nlocation: *([^\r]*)", re.IGNORECASE)


def first_cookies() -> dict[str, str]:
    return {"csrftoken": secrets.token_hex(16), "bag": secrets.token_hex(16)}


class Answer(NamedTuple):
    status: int
    location: str
    content: str

    @property
    def in_the_bag(self) -> bool:
        """Whether this is what the shop says to "Put it in the bag" when it did."""
        return self.status == 302 and self.location == "/bag/"


@dataclass(eq=False)
class Buyer(Visitor):
    """A visitor from an own address, with the cookies that the first page sets."""

    address: str = "127.0.0.1"
    # When this buyer has last begun to ask, and has heard; seconds of a clock of their own.
    asked_at: float = 0
    heard_at: float = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.headers = f"X-Forwarded-For: {self.address}\r\n"
        self.cookies = {**first_cookies(), **self.cookies}

    def ask(self, method: str, path: str, body: str = "") -> None:
        self.asked_at = monotonic()
        super().ask(method, path, body)

    def press(self, path: str, **fields: object) -> None:
        """Send a form without waiting for the answer."""
        token = {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        self.ask("POST", path, urlencode(token | fields))

    def heard(self) -> Answer:
        """Read the answer to what was asked."""
        status, content = self.answer()
        self.heard_at = monotonic()
        # A page shows messages and then drops them. Here nobody looks.
        self.cookies.pop("messages", None)
        location = match[1].decode() if (match := LOCATION.search(self.head)) else ""
        return Answer(status, location, content.decode())

    def see(self, path: str) -> Answer:
        self.ask("GET", path)
        return self.heard()

    def call(self, what: str, answer: object, subject: str = "") -> Call:
        """What this one has last asked and heard, to be put in order with other calls."""
        return Call(self.address, what, self.asked_at, self.heard_at, answer, subject)

    def forget_everything(self) -> None:
        """Become a new visitor on the same connection."""
        self.cookies.clear()
        self.cookies |= first_cookies()


# Is sent the answer to what was asked before each yield.
Visit = Generator[None, Answer, None]


def crowd(site: Process, size: int) -> list[Buyer]:
    """So many buyers, as many at one worker process as at the next.

    Left to themselves, the first worker to wake takes nearly all who come; so each is
    alone awake while its buyers come in.
    """
    addresses = (f"10.1.{number // 250}.{number % 250 + 1}" for number in range(size))
    # A router has none, and spreads what comes by itself.
    workers = psutil.Process(site.popen.pid).children() or [psutil.Process(site.popen.pid)]
    found: list[Buyer] = []
    for place, worker in enumerate(workers):
        others = [other for other in workers if other != worker]
        for other in others:
            other.suspend()
        share = len(range(place, size, len(workers)))
        come = [Buyer(site.port, address=address) for address in islice(addresses, share)]
        for buyer in come:
            buyer.ask("GET", "/healthz")
        answers(come)
        found += come
        for other in others:
            other.resume()
    return found


def checkout_form(page: Answer) -> dict[str, str]:
    """What to send with the order, from the checkout page; empty when there is nothing to order."""
    if not (summary := SUMMARY.search(page.content)):
        return {}
    return {
        "summary": html.unescape(summary[1]),
        "name": "Ann Buyer",
        # Another person each time: orders of one person wait for each other.
        "email": f"ann-{secrets.token_hex(4)}@example.com",
        "delivery": "collect",
        "payment_method": "transfer",
        "terms": "on",
    }


def drive(visits: Mapping[Buyer, Visit]) -> None:
    """Let all visits go on at once, each as soon as its buyer has heard."""
    with DefaultSelector() as waiting:
        for buyer, visit in visits.items():
            # There may be nothing left to do for this one.
            with suppress(StopIteration):
                next(visit)
                waiting.register(buyer.socket, EVENT_READ, buyer)
        while waiting.get_map():
            for buyer in ready(waiting):
                try:
                    visits[buyer].send(buyer.heard())
                except StopIteration:
                    waiting.unregister(buyer.socket)


def answers(asked: Sequence[Buyer]) -> list[Answer]:
    """What each hears. Read as it arrives, since answers of one browser share its cookies."""
    heard: dict[Buyer, Answer] = {}

    def listen(buyer: Buyer) -> Visit:
        heard[buyer] = yield

    drive({buyer: listen(buyer) for buyer in asked})
    return [heard[buyer] for buyer in asked]


def ready(waiting: BaseSelector) -> list[Buyer]:
    found = waiting.select(timeout=60)
    assert found, "The shop has not answered for a minute."
    return [key.data for key, _ in found]
