"""Row 24: old and new versions change places under load; the first new one migrates meanwhile.

Rounds are requests, a hundred a second: people browse, fill bags and order, one files tickets, and
a manager writes down that orders are paid.
"""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count, cycle
from pathlib import Path
from time import monotonic, sleep

import psycopg2

from tests import release_before
from tests.deployed import rows
from tests.processes import GUNICORN, MANAGE, ROOT, Process, run, running, wait_until
from tests.shop_walk import PASSWORD
from tests.torture.passers import Router, Traffic, colleague, customer, passer
from tests.torture.run import Result, Run
from tests.torture.shop import UNLIMITED

PROMISE = "24 A deploy loses nothing"
CHANGES, PASSERS, A_SECOND = 10, 10, 100
BOSS = "root@example.com"
PIECES_OF_AN_ITEM = 100
# By the old version: what is for sale was written by it.
FILL = """
from django.core.management import call_command
call_command("createsuperuser", "--no-input")
from store.models import ShopProfile
where = {{"street": "Mill Lane 4", "city": "Oldtown", "iban": "DE02120300000000202051"}}
ShopProfile.objects.create(tax_number="1", terms="Pay.", **where)
from store.tests.factories import make_item
for number in range({items}):
    make_item(title=f"Thing {{number}}", pieces={pieces})
"""
WHOLE = """
    SELECT count(*) FROM store_order o
    JOIN (SELECT order_id, sum(price) AS price FROM store_orderline GROUP BY order_id) l
        ON l.order_id = o.id
    JOIN invoices_invoice i ON i.order_id = o.id AND i.total = l.price
    JOIN (SELECT invoice_id, sum(quantity * price) AS price FROM invoices_invoiceline
        GROUP BY invoice_id) b ON b.invoice_id = i.id AND b.price = i.total
    JOIN accounts_mail m ON m.event = 'invoices.placed' AND m."to" = o.email
    WHERE o.secret = ANY(%s)"""
PAID = """
    SELECT count(*) FROM invoices_invoice i JOIN store_order o ON o.id = i.order_id
    JOIN invoices_payment p ON p.invoice_id = i.id AND p.amount = i.total
    WHERE i.id = ANY(%s) AND o.paid_at IS NOT NULL AND i.number IS NOT NULL"""
FILED = """
    SELECT count(*) FROM repairs_restorals_serviceticket t
    JOIN invoices_invoice i ON i.ticket_id = t.id
    JOIN repairs_restorals_ticketimage p ON p.ticket_id = t.id WHERE t.id = ANY(%s)"""
ORDERS = "SELECT count(*) FROM store_order"
# What the code before does not survive.
BREAK = "ALTER TABLE store_item RENAME maker TO made_by"


def play(run: Run) -> Iterator[Result]:
    with prepared(run) as (production, code):
        yield changed(run, production, code)
        yield broken(run.at_most(300), production, code)


@contextmanager
def prepared(this: Run) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """A shop of the release before, in a database of its own, and where the code of each is."""
    with tempfile.TemporaryDirectory() as folder:
        code = {"old": str(release_before.check_out(Path(folder, "old"))), "new": ROOT}
        production = {
            **UNLIMITED,
            "TAKES_PER_ADDRESS": "1000000",
            "SECRET_KEY": "only-for-tests-and-long-enough-for-a-deployed-shop-too",
            "DEBUG": "True",
            "ALLOWED_HOSTS": "localhost",
            "CONFIRM_MINUTES": "0",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": database_beside(this.database, "deploys"),
            "WEB_CONCURRENCY": "2",
            "MEDIA_ROOT": str(Path(folder, "media")),
            "PRIVATE_MEDIA_ROOT": str(Path(folder, "private")),
            "DJANGO_SUPERUSER_EMAIL": BOSS,
            "DJANGO_SUPERUSER_NAME": "Root",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        items = this.rounds // (4 * PIECES_OF_AN_ITEM) + 50
        fill = FILL.format(items=items, pieces=PIECES_OF_AN_ITEM)
        for command in (("migrate", "-v0"), ("shell", "-c", fill)):
            done = run(*MANAGE, *command, code=code["old"], **production)
            assert done.returncode == 0, done.stderr
        yield production, code


def database_beside(url: str, name: str) -> str:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def changed(this: Run, production: dict[str, str], code: dict[str, str]) -> Result:
    """Let versions change places until all have, and all requests are through."""
    router, traffic, migrating = Router(), Traffic(this.rounds, A_SECOND), ""
    with ExitStack() as serving, passing(router, traffic, production):
        sites = deploys(this, router, production, code, serving)
        for number, told in enumerate(sites):
            this.say(f"{this.name}: change {number} of {CHANGES}, {traffic.asked:,} asked{told}")
            migrating += told.partition(" serves")[2]
            traffic.wait_for(number * this.rounds // (CHANGES + 1))
        traffic.changes_done.set()
    for failure in [*traffic.failures[:20], *traffic.refused[:20]]:
        this.say(failure)
    found = looked_up(production, traffic)
    figure = (
        f"{traffic.asked:,} requests at {traffic.rate:.0f}/s, {CHANGES} changes{migrating}: "
        f"{len(traffic.failures)} × 5xx or no answer{traffic.first_failure}; p99 "
        f"{traffic.p99:.1f} s, at most {max(traffic.seconds):.1f} s; "
        f"{found['orders']:,} of {len(traffic.orders):,} orders whole, {found['others']} others, "
        f"{len(traffic.refused)} refused; {found['paid']} of {len(traffic.paid)} paid, "
        f"{found['tickets']} of {len(traffic.tickets)} tickets; {traffic.again} forms sent again"
    )
    whole = found == {
        "orders": len(traffic.orders), "others": 0,
        "paid": len(traffic.paid), "tickets": len(traffic.tickets),
    }  # fmt: skip
    enough = traffic.orders and traffic.paid and traffic.tickets
    held = bool(whole and enough and not traffic.failures and not traffic.refused)
    return Result(PROMISE, figure, held)


@contextmanager
def passing(router: Router, traffic: Traffic, production: dict[str, str]) -> Iterator[None]:
    """All who are at the shop while the block runs; it ends when they have left."""
    people: list[Callable[[], None]] = [
        *[partial(passer, router, traffic, number) for number in range(PASSERS)],
        partial(colleague, router, traffic, BOSS, production),
        partial(customer, router, traffic, production),
    ]
    with ThreadPoolExecutor(len(people)) as pool:
        at_the_shop = [pool.submit(router.when_open, person) for person in people]
        try:
            yield
        except BaseException:
            traffic.wanted = 0
            raise
        finally:
            traffic.changes_done.set()
            router.opened.set()
            for person in at_the_shop:
                person.result()


def deploys(
    this: Run,
    router: Router,
    production: dict[str, str],
    code: dict[str, str],
    serving: ExitStack,
) -> Iterator[str]:
    """Serve the old version, then at each step the other one, as a host does."""
    before: Process | None = None
    for number, version in zip(range(CHANGES + 1), cycle(["old", "new"]), strict=False):
        told = migrated(production) if number == 1 else ""
        site = serving.enter_context(running(*GUNICORN, code=code[version], **production))
        wait_until(partial(is_up, site), seconds=120)
        router.lead_to(site)
        if before:
            # Whoever was led there has been let in by now.
            sleep(1)
            before.stop()
        before = site
        yield f", {version} serves{told}"


def migrated(production: dict[str, str]) -> str:
    begun = monotonic()
    done = run(*MANAGE, "migrate", "--no-input", **production)
    assert done.returncode == 0, done.stdout + done.stderr
    again = done.stdout.count("Others go first")
    return f", migrated in {monotonic() - begun:.0f} s, waited for others {again} times"


def is_up(site: Process) -> bool:
    return site.status("/store/") == 200


def looked_up(production: dict[str, str], traffic: Traffic) -> dict[str, object]:
    """What of it is whole in the database."""

    def number(query: str, *values: object) -> int:
        [[found]] = rows(production, query, *values)
        return int(str(found))

    return {
        "orders": number(WHOLE, traffic.orders),
        "others": number(ORDERS) - len(traffic.orders),
        "paid": number(PAID, [*traffic.paid]),
        "tickets": number(FILED, traffic.tickets),
    }


def broken(this: Run, production: dict[str, str], code: dict[str, str]) -> Result:
    """The old version on a schema of which a column is gone: not what a release may do."""
    router, traffic = Router(), Traffic(this.rounds, A_SECOND)
    traffic.changes_done.set()
    numbers = count()
    with running(*GUNICORN, code=code["old"], **production) as site:
        wait_until(partial(is_up, site), seconds=120)
        router.lead_to(site)
        rows(production, BREAK)
        passer(router, traffic, next(numbers))
        site.stop()
    figure = f"{len(traffic.failures)} of {traffic.asked} × 5xx{traffic.first_failure}"
    return Result(f"{PROMISE}: a column gone", figure, not traffic.failures, control=True)
