"""Pages that a browser has already, and pages of a shop in which things change all the time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from threading import Event, Thread

import psycopg2

from bench.figures import Figure, side_by_side
from bench.load import CONNECTIONS, fetch_all, rate
from tests.processes import Process
from tests.visitor import Visitor

REQUESTS = 150
CHANGES_PER_SECOND, CHANGED = 20, 100
CHANGE = "UPDATE store_item SET price = price + 1 WHERE id = %s"


def not_modified_against_bare(process: Process, page: str, bare: str) -> Figure:
    """The answer to a browser that has the page, which is as it was."""
    people = [Visitor(process.port) for _ in range(CONNECTIONS)]
    ours = partial(rate, [partial(ask_again, person, page) for person in people])
    return side_by_side(
        "a page that has not changed (304), to a bare page", 5, ours, got(people, bare)
    )


def ask_again(person: Visitor, page: str) -> int:
    person.headers = ""
    person.get(page)
    [tag] = [line for line in person.head.split(b"\r\n") if line.lower().startswith(b"etag:")]
    person.headers = f"If-None-Match: {tag.decode().partition(' ')[2]}\r\n"
    for _ in range(REQUESTS):
        status, _ = person.send("GET", page)
        if status != 304:
            raise RuntimeError(f"{page} answered {status}")
    person.headers = ""
    return REQUESTS


def got(people: list[Visitor], page: str) -> Callable[[], float]:
    return lambda: rate([partial(fetch_all, person, [page] * REQUESTS) for person in people])


def while_things_change(process: Process, page: str, database: str) -> Figure:
    """The list while twenty prices a second change, to the same while nothing does."""
    quiet = got([Visitor(process.port) for _ in range(CONNECTIONS)], page)

    def busy() -> float:
        with changes(database):
            return quiet()

    label = f"list while {CHANGES_PER_SECOND} things a second change, to quiet"
    return side_by_side(label, 0.9, busy, quiet)


@contextmanager
def changes(database: str) -> Iterator[None]:
    over = Event()
    changing = Thread(target=change, args=(database, over))
    changing.start()
    try:
        yield
    finally:
        over.set()
        changing.join()


def change(database: str, over: Event) -> None:
    """Prices of the things that were imported first, which are not those on the first page."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    things = cycle(range(1, CHANGED + 1))
    with connection.cursor() as cursor:
        while not over.wait(1 / CHANGES_PER_SECOND):
            cursor.execute(CHANGE, [next(things)])
    connection.close()
