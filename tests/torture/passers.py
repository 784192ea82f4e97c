"""Those who are at the shop while versions change places, and what became of their requests."""

import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.cookiejar import CookieJar
from itertools import count
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from tests.browsing import Page, Visitor
from tests.deployed import rows
from tests.processes import Process, wait_until
from tests.shop_walk import file_a_ticket, log_in, pay, register

ITEM = re.compile(r'href="(/store/item/[\w-]+/)"')
ADD = re.compile(r"/bag/add/\d+/")
TO_CHECKOUT = b'href="/checkout/"'
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
UNPAID = """
    SELECT id FROM invoices_invoice WHERE order_id IS NOT NULL AND number IS NULL
    ORDER BY id DESC LIMIT 2"""
PAYMENT = "SELECT id FROM invoices_payment WHERE invoice_id = %s"
CHOSEN = {"delivery": "collect", "payment_method": "transfer", "terms": "on", "name": "Ann Buyer"}
# So often a form is sent that the shop shows once more.
TRIES = 3
# Of who works, in seconds: most are there to look and to buy.
REST = 2


class Router:
    """Leads each request to the version that serves now, as the router of a host does."""

    def __init__(self) -> None:
        self.opened = Event()
        self.port = 0

    def lead_to(self, site: Process) -> None:
        self.port = site.port
        self.opened.set()

    def when_open(self, person: Callable[[], None]) -> None:
        self.opened.wait()
        if self.port:
            person()


class Traffic:
    """So many requests a second, and what came of them."""

    def __init__(self, wanted: int, a_second: int) -> None:
        self.wanted, self.a_second = wanted, a_second
        self.lock = Lock()
        self.slots = count()
        self.asked = self.again = 0
        self.begun = self.ended = 0.0
        self.seconds: list[float] = []
        self.changes_done = Event()
        self.failures: list[str] = []
        self.refused: list[str] = []
        self.orders: list[str] = []
        self.paid: set[object] = set()
        self.tickets: list[int] = []

    @property
    def is_over(self) -> bool:
        return self.asked >= self.wanted and self.changes_done.is_set()

    @property
    def rate(self) -> float:
        return self.asked / (self.ended - self.begun)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[len(self.seconds) * 99 // 100]

    @property
    def first_failure(self) -> str:
        return f" ({self.failures[0][:200]})" if self.failures else ""

    def take_turn(self) -> None:
        """Wait until it is this request's time; late ones go at once."""
        with self.lock:
            self.begun = self.begun or monotonic()
            at = self.begun + next(self.slots) / self.a_second
            self.asked += 1
        sleep(max(0, at - monotonic()))

    def wait_for(self, asked: int) -> None:
        wait_until(lambda: self.asked >= asked, seconds=1200)

    def failed(self, what: str) -> None:
        with self.lock:
            self.failures.append(what)

    def refuse(self, page: Page) -> None:
        told = page.soup.select_one("#content-main, main") or page.soup
        with self.lock:
            self.refused.append(
                f"{page.path}: {page.status} {told.get_text(' ', strip=True)[:500]}"
            )


class Redirects(HTTPRedirectHandler):
    """Each is a request of its own, which may be led to the other version."""

    def __init__(self, router: Router, traffic: Traffic) -> None:
        self.router, self.traffic = router, traffic

    def redirect_request(
        self, request: Any, answer: Any, code: int, message: str, headers: Any, url: str
    ) -> Request | None:
        self.traffic.take_turn()
        url = urlsplit(url)._replace(netloc=f"localhost:{self.router.port}").geturl()
        return super().redirect_request(request, answer, code, message, headers, url)


class Walker(Visitor):
    """A visitor whose every request takes its turn and is counted; the first that fails ends it."""

    def __init__(self, router: Any, traffic: Traffic, address: str) -> None:
        super().__init__(router)
        self.traffic = traffic
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Redirects(router, traffic))
        self.opener.addheaders = [("X-Forwarded-For", address)]

    def ask(self, site: Any, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        self.traffic.take_turn()
        begun = monotonic()
        try:
            return super().ask(site, path, body, headers)
        except (AssertionError, OSError) as failure:
            self.traffic.failed(f"{path}: {' '.join(str(failure).split())[:300]}")
            raise Lost from failure
        finally:
            self.traffic.ended = monotonic()
            self.traffic.seconds.append(self.traffic.ended - begun)

    def send(self, page: Page, action: str = "", **fields: Any) -> Page:
        return self.insist(page, partial(super().send, action=action, **fields))

    def press(self, page: Page, path: str, **fields: str) -> Page:
        return self.insist(page, lambda page: self.press_once(page, path, **fields))

    def insist(self, page: Page, send: Callable[[Page], Page]) -> Page:
        """As the page says whose form came from the other version: reload, and send it again."""
        answer = send(page)
        if answer.status == HTTPStatus.FORBIDDEN:
            self.traffic.again += 1
            answer = send(self.get(page.path))
        return answer

    def press_once(self, page: Page, path: str, **fields: str) -> Page:
        """Send a small form without reading the whole page for it."""
        token = TOKEN.search(page.content.decode())
        body = urlencode({"csrfmiddlewaretoken": token[1] if token else "", **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(self.sends_to, path, body.encode(), kind)


class Lost(Exception):
    """A request that was not answered, or by an error of the shop."""


def passer(router: Router, traffic: Traffic, number: int) -> None:
    """One visitor after the other, who looks around, orders and looks at the order."""
    for visit in count():
        if traffic.is_over:
            return
        address = f"10.{number}.{visit // 250}.{visit % 250 + 1}"
        with suppress(Lost):
            look_and_order(Walker(router, traffic, address), traffic, visit)


def look_and_order(walker: Walker, traffic: Traffic, visit: int) -> None:
    walker.get("/")
    shown = sorted({*ITEM.findall(walker.get("/store/").content.decode())})
    if not shown:
        traffic.failed("/store/ shows nothing")
        raise Lost
    for path in (shown[visit % len(shown)], thing := shown[visit // 2 % len(shown)]):
        page = walker.get(path)
    if not (add := ADD.search(page.content.decode())):
        return
    page = walker.press(page, add[0], quantity="1")
    if TO_CHECKOUT not in page.content:
        # Others may be first: then it has none left.
        if ADD.search(walker.get(thing).content.decode()):
            traffic.refuse(page)
        return
    email = f"ann-{secrets.token_hex(6)}@example.com"
    page = walker.get("/checkout/")
    for _ in range(TRIES):
        if page.path != "/checkout/":
            break
        page = walker.send(page, email=email, **CHOSEN)
    if not page.path.startswith("/orders/"):
        traffic.refuse(page)
        return
    with traffic.lock:
        traffic.orders.append(page.path.strip("/").split("/")[-1])
    walker.get(page.path)


def colleague(router: Router, traffic: Traffic, email: str, production: dict[str, str]) -> None:
    """A manager who writes down that orders are paid, one after the other."""
    while not traffic.is_over:
        with suppress(Lost):
            boss = Walker(router, traffic, "10.250.0.1")
            log_in(boss, email)
            while not traffic.is_over:
                for [invoice] in rows(production, UNPAID):
                    record(boss, traffic, invoice, production)
                sleep(REST)


def record(boss: Walker, traffic: Traffic, invoice: object, production: dict[str, str]) -> None:
    """Write a payment down; what came from the other version may be shown once more, to be sent."""
    for _ in range(2):
        page = pay(boss, invoice)
        if rows(production, PAYMENT, invoice):
            traffic.paid.add(invoice)
            return
        traffic.again += 1
    traffic.refuse(page)


def customer(router: Router, traffic: Traffic, production: dict[str, str]) -> None:
    """Somebody who brings one thing after the other to the workshop."""
    while not traffic.is_over:
        with suppress(Lost):
            walker = Walker(router, traffic, "10.251.0.1")
            register(walker, f"nora-{secrets.token_hex(6)}@example.com", production)
            for _ in range(10):
                page = file_a_ticket(walker)
                traffic.tickets.append(int(page.path.strip("/").rsplit("W")[-1]))
                if traffic.is_over:
                    return
                sleep(REST)
