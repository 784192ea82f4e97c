"""Visitors of row 25: what each page answers, and in what time, while something is away."""

import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event, Thread
from time import monotonic
from typing import Any, NamedTuple

from tests.processes import wait_until
from tests.torture.buyers import LOCATION, Answer, Buyer, checkout_form, first_cookies
from tests.torture.reading import p99

SHOPPERS = 4
# Between two clicks of each; so often the health is asked for, and a photo sent. With `SELDOM=5` in
# the environment a fifth as often, for several shops on one machine.
SELDOM = float(os.environ.get("SELDOM", "1"))
PAUSE, HEALTH_EVERY, PHOTO_EVERY = 0.15 * SELDOM, 0.5, 2.0 * SELDOM
# As long as Heroku's router waits.
PATIENCE = 30
NO_ANSWER = 0


class Sample(NamedTuple):
    """One answer: `status` is 0 where none came; `again` is its Retry-After, `said` its page."""

    page: str
    status: int
    seconds: float
    again: bool
    said: str

    @property
    def is_plain_refusal(self) -> bool:
        """A page that says that the shop is away, and when to come again."""
        return self.status == 503 and self.again


@dataclass
class Visit:
    """A browser whose every request goes to the next of the shop's machines."""

    ports: Iterator[int]
    heard: list[Sample]
    address: str
    cookies: dict[str, str] = field(default_factory=first_cookies)

    def see(self, page: str, path: str) -> Answer | None:
        return self.timed(page, lambda buyer: buyer.ask("GET", path))

    def press(self, page: str, path: str, **fields: object) -> Answer | None:
        return self.timed(page, lambda buyer: buyer.press(path, **fields))

    def timed(self, page: str, ask: Callable[[Buyer], None]) -> Answer | None:
        """The answer; None where it did not come."""
        begun = monotonic()
        try:
            buyer = Buyer(next(self.ports), address=self.address)
            with buyer.socket:
                buyer.cookies = self.cookies
                buyer.socket.settimeout(PATIENCE)
                ask(buyer)
                status, content = buyer.answer()
                location = match[1].decode() if (match := LOCATION.search(buyer.head)) else ""
                answer = Answer(status, location, content.decode(errors="replace"))
        except OSError as problem:
            self.note(page, begun, NO_ANSWER, again=False, said=str(problem))
            return None
        again = b"\r\nretry-after:" in buyer.head.lower()
        self.note(page, begun, answer.status, again=again, said=answer.content)
        return answer

    def shop(self, over: Event) -> None:
        """Do what this one does until it is over."""
        raise NotImplementedError

    def note(self, page: str, begun: float, status: int, *, again: bool, said: str) -> None:
        self.heard.append(Sample(page, status, monotonic() - begun, again, said[:300]))


class Shopper(Visit):
    """Looks around, fills a bag and orders, again and again.

    Who hears nothing of an order, or that the shop is away, sends the same form again.
    """

    def __init__(
        self, ports: Iterator[int], heard: list[Sample], address: str, **shop: Any
    ) -> None:
        super().__init__(ports, heard, address)
        self.things: Sequence[tuple[int, str]] = shop["things"]
        self.pays: Iterator[str] = cycle(["transfer", "card"])
        self.form: dict[str, str] = {}
        # E-mail addresses of orders: each orders once, of the second ones we have heard.
        self.begun: list[str] = []
        self.placed: list[str] = []

    def look(self) -> Iterator[None]:
        """Up to the checkout; yields between two clicks."""
        number, slug = secrets.choice(self.things)
        self.see("catalogue", "/store/")
        yield
        self.see("thing", f"/store/item/{slug}/")
        yield
        self.press("add", f"/bag/add/{number}/", quantity=1)
        yield
        self.see("bag", "/bag/")
        yield
        page = self.see("checkout", "/checkout/")
        if page and not self.form and (form := checkout_form(page)):
            self.form = {**form, "payment_method": next(self.pays)}
            self.begun.append(form["email"])

    def order(self) -> None:
        if not self.form:
            return
        page = "card" if self.form["payment_method"] == "card" else "order"
        answer = self.press(page, "/checkout/", **self.form)
        if answer and answer.status < 500:
            if answer.status == 302 and not answer.location.endswith(("/bag/", "/checkout/")):
                self.placed.append(self.form["email"])
            # Whatever else there is to say is told by the page, and the form is filled in anew.
            self.form = {}

    def shop(self, over: Event) -> None:
        while not over.is_set():
            self.order()
            for _click in self.look():
                if over.wait(PAUSE):
                    return
            over.wait(PAUSE)


class Photographer(Visit):
    """A customer who sends photos of a ticket and looks at one of them."""

    def __init__(
        self, ports: Iterator[int], heard: list[Sample], address: str, **shop: Any
    ) -> None:
        super().__init__(ports, heard, address)
        self.cookies["sessionid"] = shop["session"]
        self.ticket, self.seen, self.photo = shop["ticket"], shop["seen"], shop["photo"]

    def shop(self, over: Event) -> None:
        while not over.wait(PHOTO_EVERY):
            self.timed("send photo", self.send)
            self.see("see photo", self.seen)

    def send(self, buyer: Buyer) -> None:
        fields = {"csrfmiddlewaretoken": self.cookies["csrftoken"], "ticket": str(self.ticket)}
        files = [("viola.jpg", self.photo)]
        buyer.upload("/workshop/tickets/add-image/", fields, "images", files)


class Monitor(Visit):
    def shop(self, over: Event) -> None:
        while not over.wait(HEALTH_EVERY):
            self.see("healthz", "/healthz")


@dataclass
class Traffic:
    """All of them, and what they have heard so far."""

    ports: Sequence[int]
    shop: dict[str, Any]
    heard: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shoppers = [
            Shopper(cycle(self.ports), self.heard, f"10.2.0.{number + 1}", **self.shop)
            for number in range(SHOPPERS)
        ]
        self.others = [
            Photographer(cycle(self.ports), self.heard, "10.2.1.1", **self.shop),
            Monitor(cycle(self.ports), self.heard, "10.2.2.1"),
        ]

    def warm_up(self) -> None:
        """Let all come until each shopper has ordered both ways."""
        with self.going_on():
            wait_until(lambda: all(len(one.placed) > 1 for one in self.shoppers), seconds=300)

    def fill_in(self) -> None:
        """Let each shopper come as far as the form of an order."""
        for shopper in self.shoppers:
            while not shopper.form:
                deque(shopper.look(), maxlen=0)
        self.heard.clear()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        over = Event()
        threads = [
            Thread(target=visit.shop, args=[over]) for visit in (*self.shoppers, *self.others)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def send_again(self) -> None:
        """Whatever nobody has heard the answer of."""
        for shopper in self.shoppers:
            shopper.order()
            assert not shopper.form, "An order is refused although all is well again."

    @property
    def begun(self) -> set[str]:
        return {email for shopper in self.shoppers for email in shopper.begun}

    @property
    def placed(self) -> set[str]:
        return {email for shopper in self.shoppers for email in shopper.placed}


def cell(samples: Sequence[Sample]) -> str:
    """Such as “200 · 41”: answers, the usual ones first, and by when all but 1 in 100 had come."""
    counted = sorted({sample.status for sample in samples})
    parts = [
        (sum(sample.status == status for sample in samples), status or "none") for status in counted
    ]
    parts.sort(key=lambda part: -part[0])
    names = ", ".join(f"{status} × {number}" for number, status in parts)
    return f"{names}; {1000 * longest(samples):.0f} ms" if samples else "—"


def longest(samples: Sequence[Sample]) -> float:
    """The seconds within which all but one in a hundred came; of few, the longest."""
    seconds = [sample.seconds for sample in samples]
    return p99(seconds) if len(seconds) >= 100 else max(seconds, default=0)
