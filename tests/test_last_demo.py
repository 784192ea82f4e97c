"""The demo shop of the last release, moved to today's code, and how each release shows it."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import DatabaseError

from tests import release_before
from tests.browsing import Visitor
from tests.crawling import crawl
from tests.processes import GUNICORN, MANAGE, Process, run, running, wait_until
from tests.shop_walk import log_in
from tests.test_settings import PRODUCTION

PASSWORD = "repairshop-demo"
ALICE, BOB, BOSS = "alice@example.com", "bob@example.com", "admin@example.com"
BOTH = product(["today", "old"], [ALICE, BOSS])
ROWS = ["category", "item", "piece", "order", "invoice", "serviceticket", "beforeafter", "mail"]
# What each must have found, lest a crawl that finds nothing passes. Some have a secret within.
PAGES = {
    "": ["/store/", "/store/item/violin-after-stainer/", "/terms/", "/workshop/"],
    ALICE: [r"/orders/[\w-]+/", r"/invoices/[\w-]+/pdf/", r"/workshop/quotes/[\w-]+/"],
    BOB: [r"/workshop/tickets/W\d+/", r"/workshop/status/[\w-]+/"],
    BOSS: [rf"/admin/\w+/{row}/\d+/change/" for row in [*ROWS, "user", "task", "group"]],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def production(folder: Path) -> dict[str, str]:
    """The environment of a shop that the old release has filled and today's has migrated."""
    old, today = str(release_before.check_out(folder / "old")), str(settings.BASE_DIR)
    production = {
        **PRODUCTION,
        "DEBUG": "True",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "TIMER": "off",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_MEDIA_ROOT": str(folder / "private"),
    }
    for command, code in [("migrate", old), ("demo", old), ("migrate", today)]:
        done = run(*MANAGE, command, code=code, **production)
        assert done.returncode == 0, done.stderr
    return production


@pytest.fixture(scope="module")
def sites(folder: Path, production: dict[str, str]) -> Iterator[dict[str, Process]]:
    """Both releases, on that one database."""
    with ExitStack() as stack:
        sites = {
            name: stack.enter_context(running(*GUNICORN, code=code, **production))
            for name, code in [("old", str(folder / "old")), ("today", str(settings.BASE_DIR))]
        }
        for site in sites.values():
            wait_until(partial(site.status, "/store/"), seconds=120)
        yield sites


@pytest.mark.parametrize(("release", "who"), [("today", ""), ("today", BOB), *BOTH])
def test_all_pages_of_the_last_demo_answer(
    sites: dict[str, Process], release: str, who: str
) -> None:
    visitor = Visitor(sites[release])
    if who:
        log_in(visitor, who, PASSWORD)
    found = crawl(visitor, "/admin/" if who == BOSS else "/")

    assert {address for address, status in found.items() if status >= 400} == set()
    missed = {page for page in PAGES[who] if not any(re.fullmatch(page, at) for at in found)}
    assert missed == set()


@pytest.mark.postgresql
def test_the_last_demo_moves_to_postgresql(folder: Path, production: dict[str, str]) -> None:
    """With the numbers of what comes next, and with what guards invoices."""
    address, name = os.environ["DATABASE_URL"].rpartition("/")[0], "moved_demo"
    with as_autocommit(f"{address}/postgres") as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    moved = {**production, "DATABASE_URL": f"{address}/{name}"}

    done = run(*MANAGE, "restore", str(folder / "db.sqlite3"), **moved)

    assert done.returncode == 0, done.stderr
    dumps = [json.loads(run(*MANAGE, "dumpdata", **shop).stdout) for shop in (production, moved)]
    assert len(dumps[0]) > 500
    assert dumps[0] == dumps[1]
    with as_autocommit(moved["DATABASE_URL"]) as cursor:
        cursor.execute("SELECT max(id) FROM invoices_invoice")
        [last] = cursor.fetchone()
        cursor.execute("SELECT nextval(pg_get_serial_sequence('invoices_invoice', 'id'))")
        assert cursor.fetchone() == (last + 1,)
        with pytest.raises(DatabaseError, match="issued"):
            cursor.execute("UPDATE invoices_invoice SET number = number || 'x'")


@contextmanager
def as_autocommit(url: str) -> Iterator[Any]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        yield connection.cursor()
