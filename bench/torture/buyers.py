"""Buyers: connections with cookies and an address of their own, who all ask at once."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from typing import NamedTuple
from urllib.parse import urlencode

from bench.load import Visitor

LOCATION = re.compile(rb"\r\nlocation: *([^\r]*)", re.IGNORECASE)


class Answer(NamedTuple):
    status: int
    location: str
    content: str

    @property
    def in_the_bag(self) -> bool:
        """Whether this is what the shop says to "Put it in the bag" when it did."""
        return self.status == 302 and self.location == "/bag/"


@dataclass
class Buyer(Visitor):
    """A visitor from an own address, with a CSRF cookie such as the first page sets."""

    address: str = "127.0.0.1"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.headers = f"X-Forwarded-For: {self.address}\r\n"
        self.cookies.setdefault("csrftoken", secrets.token_hex(16))

    def press(self, path: str, **fields: object) -> None:
        """Send a form without waiting for the answer."""
        token = {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        self.ask("POST", path, urlencode(token | fields))

    def heard(self) -> Answer:
        """Read the answer to what was asked."""
        status, content = self.answer()
        # A page shows messages and then drops them. Here nobody looks.
        self.cookies.pop("messages", None)
        location = match[1].decode() if (match := LOCATION.search(self.head)) else ""
        return Answer(status, location, content.decode())

    def see(self, path: str) -> Answer:
        self.ask("GET", path)
        return self.heard()

    def forget_everything(self) -> None:
        """Become a new visitor on the same connection."""
        self.cookies.clear()
        self.cookies["csrftoken"] = secrets.token_hex(16)


def crowd(port: int, size: int) -> list[Buyer]:
    return [Buyer(port, address=f"10.1.{n // 250}.{n % 250 + 1}") for n in range(size)]


def answers(asked: Sequence[Buyer]) -> list[Answer]:
    """What each hears. Read as it arrives, since answers of one browser share its cookies."""
    heard: dict[int, Answer] = {}
    with DefaultSelector() as waiting:
        for place, buyer in enumerate(asked):
            waiting.register(buyer.socket, EVENT_READ, (place, buyer))
        while len(heard) < len(asked):
            ready = waiting.select(timeout=60)
            assert ready, "The shop has not answered for a minute."
            for key, _ in ready:
                place, buyer = key.data
                waiting.unregister(buyer.socket)
                heard[place] = buyer.heard()
    return [heard[place] for place in range(len(asked))]
