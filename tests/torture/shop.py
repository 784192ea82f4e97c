"""The shop under torture: real gunicorn workers, with things for sale."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.sessions.models import Session
from django.db import connection

from store.history import record_arrivals
from store.models import Item, Piece
from store.tests.factories import make_category, set_up_shop
from tests.environment import TEST_ENVIRONMENT
from tests.processes import Process, running, wait_until
from tests.torture.buyers import Buyer
from tests.torture.machines import router
from tests.torture.run import PRODUCTION, Run

WORKERS = 4
# Fair use has a row of its own; the other rows must not meet its limits.
UNLIMITED = dict.fromkeys(
    (
        "BAG_LIMIT",
        "HOLDS_PER_HOUR_PER_ADDRESS",
        "HOLDS_PER_HOUR_PER_ACCOUNT",
        "REGISTRATIONS_PER_HOUR_PER_ADDRESS",
        "RESETS_PER_HOUR_PER_ADDRESS",
        "MESSAGES_PER_HOUR_PER_ADDRESS",
        "ORDERS_PER_HOUR_PER_ADDRESS",
        "SESSIONS_PER_HOUR_PER_ADDRESS",
        "DRAFTS_PER_HOUR_PER_ADDRESS",
        "PHOTOS_PER_HOUR_PER_ADDRESS",
        "PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS",
        "UNPAID_ORDERS",
        "UNPAID_VALUE",
    ),
    "1000000",
)
numbers = count(1)


@contextmanager
def shop(run: Run, *, control: str = "", **changes: str) -> Iterator[Process]:
    """Serve the run's database; with a protection taken out if `control` names how.

    It is a function in this package, such as "controls.check_then_write".
    The shop ends as a host ends it, so that the database has heard of everything afterwards.
    """
    environment = {**TEST_ENVIRONMENT, **PRODUCTION, **UNLIMITED, "CONTROL": control}
    # By this name PostgreSQL tells the shop's connections from those of this process.
    environment |= {
        "PGAPPNAME": "torture",
        "DATABASE_URL": run.database,
        "WEB_CONCURRENCY": str(WORKERS),
        **run.buckets,
        **changes,
    }
    module = "tests.torture.wsgi" if control else "repairshop.wsgi"
    # No worker is ended for being slow: `crowd` lets some sleep, and a busy machine all of them.
    options = ("--max-requests=0", "--timeout=0")
    if run.machines:
        yield from on_machines(run, module, options, environment)
        return
    with running("gunicorn", module, *options, **environment) as site:
        wait_until(lambda: site.status("/healthz") == 200)
        yield site
        site.stop()


def on_machines(
    run: Run, module: str, options: tuple[str, ...], environment: dict[str, str]
) -> Iterator[Process]:
    """The same on every machine, and before them a router that sticks to none."""
    with ExitStack() as stack:
        places = [
            (there, stack.enter_context(running(*command, machine=there.name, **environment)))
            for there in run.machines
            for command in [("gunicorn", module, *options)]
        ]
        for there, site in places:
            wait_until(partial(there.answers, site.port), seconds=120)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        before = stack.enter_context(router(folder, [(there, at.port) for there, at in places]))
        wait_until(lambda: before.site.status("/healthz") == 200)
        yield before.site
        run.say(f"requests answered by each machine: {before.answered()}")
        for _, site in places:
            site.stop()


def put_on_sale(*, items: int, pieces: int) -> list[Item]:
    """So many published items with so many available pieces each."""
    set_up_shop()
    category = make_category("Torture")
    made = Item.objects.bulk_create(
        Item(title=f"Thing {number}", slug=f"thing-{number}", price=9, category=category)
        for number in (next(numbers) for _ in range(items))
    )
    arrived = Piece.objects.bulk_create(
        Piece(item=item, stock_number=f"{item.slug}.{number}")
        for item in made
        for number in range(pieces)
    )
    record_arrivals(arrived)
    return made


def bag_key(buyer: Buyer) -> str:
    """Under which key a visitor's pieces are held, as the session says."""
    found = Session.objects.get(pk=buyer.cookies["sessionid"]).get_decoded()
    return str(found["bag"]["key"])


def deadlocks() -> int:
    """How many deadlocks PostgreSQL has had to break in this database so far.

    A connection may keep its count to itself until it ends; ask after the shop has stopped.
    """
    ours = "SELECT count(*) FILTER (WHERE application_name = 'torture') FROM pg_stat_activity"
    wait_until(lambda: number(ours) == 0)
    return number("SELECT sum(deadlocks) FROM pg_stat_database")


def number(query: str) -> int:
    """Ask about this database."""
    with connection.cursor() as cursor:
        cursor.execute(f"{query} WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
