"""How long ordering takes while the mail server is up, refuses connections, or never answers.

The timer runs in each worker as in production, but every second: it is always at the mails.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

import psycopg2
from psycopg2.extensions import connection

from bench.load import CONNECTIONS
from bench.things import PLENTY
from tests.processes import Process, running, wait_until
from tests.torture.buyers import Buyer, checkout_form, crowd

ROUNDS = 7
ORDERS = 120
# Of those there is one piece each.
THINGS = PLENTY + ORDERS * 3 * (ROUNDS + 1)
TRIED = (
    "SELECT count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE last_error <> '') "
    "FROM accounts_mail"
)


class Turn(NamedTuple):
    """Milliseconds of the orders of a turn; how many mails were sent, and how many in vain."""

    times: list[float]
    sent: int
    in_vain: int

    def at(self, percent: int) -> float:
        return quantiles(self.times, n=100)[percent - 1]


@contextmanager
def up(port: int) -> Iterator[None]:
    sink = ("-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink")
    with running("python", "-m", "aiosmtpd", *sink):
        wait_until(lambda: listens(port))
        yield


@contextmanager
def refuses(port: int) -> Iterator[None]:
    """Nobody listens."""
    yield


@contextmanager
def hangs(port: int) -> Iterator[None]:
    """Somebody listens and never says a word."""
    with socket.create_server(("127.0.0.1", port)):
        yield


Server = Callable[[int], AbstractContextManager[None]]
SERVERS: dict[str, Server] = {"up": up, "refuses": refuses, "hangs": hangs}


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def mail_settings(port: int) -> dict[str, str]:
    """For a shop whose mail server comes and goes."""
    return {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "EMAIL_USE_TLS": "False",
        "TIMER_SECONDS": "1",
        # The buyers come from an address each.
        "TRUSTED_PROXIES": "1",
    }


def checking_out_without_mail(process: Process, port: int, database: str) -> Iterator[str]:
    """p95 from the click on "Order" to the answer, in turns: each side against "up"."""
    outbox = psycopg2.connect(database)
    outbox.autocommit = True
    shop = Shop(process, port, outbox)
    # The first round only warms up.
    turns = [[shop.turn(server) for server in SERVERS.values()] for _ in range(ROUNDS + 1)]
    outbox.close()
    sides = dict(zip(SERVERS, zip(*turns[1:], strict=True), strict=True))
    well = sides.pop("up")
    for name, down in sides.items():
        yield line(name, down, well)


def line(name: str, down: Sequence[Turn], well: Sequence[Turn]) -> str:
    parts = []
    for percent in (95, 50):
        pairs = [
            (turn.at(percent), other.at(percent)) for turn, other in zip(down, well, strict=True)
        ]
        mine, theirs = (median(side) for side in zip(*pairs, strict=True))
        ratios = [a / b for a, b in pairs]
        parts.append(
            f"p{percent} {mine:.1f} ms to {theirs:.1f} ms = {mine / theirs:.2f}, "
            f"rounds {min(ratios):.2f}–{max(ratios):.2f}"
        )
    sent, in_vain = sum(turn.sent for turn in well), sum(turn.in_vain for turn in down)
    return (
        f"ordering, mail server {name}, to the same while it is up (≤ 1.05): {'; '.join(parts)}; "
        f"{len(well) * ORDERS} orders each, {sent} mails sent, {in_vain} tried in vain"
    )


@dataclass
class Shop:
    """The shop, its buyers, and the things that nobody has ordered yet."""

    process: Process
    port: int
    outbox: connection

    def __post_init__(self) -> None:
        self.buyers = crowd(self.process, CONNECTIONS)
        self.things = count(PLENTY + 1)

    def turn(self, server: Server) -> Turn:
        """Many orders, each by a new visitor, while the mail server is like this."""
        # What an earlier turn has left would come due in this one.
        outbox = self.outbox.cursor()
        outbox.execute("DELETE FROM accounts_mail")
        shares = [list(islice(self.things, ORDERS // CONNECTIONS)) for _ in self.buyers]
        with server(self.port), ThreadPoolExecutor(CONNECTIONS) as threads:
            found = list(threads.map(order_all, self.buyers, shares))
            outbox.execute(TRIED)
            sent, in_vain = outbox.fetchone() or (0, 0)
        return Turn([time for times in found for time in times], sent, in_vain)


def order_all(buyer: Buyer, things: list[int]) -> list[float]:
    return [order(buyer, thing) for thing in things]


def order(buyer: Buyer, thing: int) -> float:
    """Milliseconds from the click to the answer; what comes before is not counted."""
    buyer.forget_everything()
    buyer.headers = f"X-Forwarded-For: 10.{thing >> 8}.{thing & 255}.1\r\n"
    buyer.press(f"/bag/add/{thing}/", quantity=1)
    if not (answer := buyer.heard()).in_the_bag:
        raise RuntimeError(f"Thing {thing} could not be had: {answer.status}")
    form = checkout_form(buyer.see("/checkout/"))
    started = perf_counter()
    buyer.press("/checkout/", **form)
    answer = buyer.heard()
    if answer.status != 302 or not answer.location.startswith("/orders/"):
        raise RuntimeError(f"Ordering answered {answer.status}: {answer.location}")
    return 1000 * (perf_counter() - started)


def main() -> None:
    from bench.environment import a_server
    from bench.run import checking_out

    with TemporaryDirectory() as folder:
        for text in checking_out(a_server(), Path(folder)):
            print(text)


if __name__ == "__main__":
    import django

    from bench.environment import prepare

    prepare()
    django.setup()
    main()
