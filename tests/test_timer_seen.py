"""What `/healthz` says of real processes whose timers go wrong."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from repairshop.models import ROUNDS_MISSED
from tests.deployed import TIMER_SECONDS, beating, rows, workers
from tests.processes import Process, running, wait_until

FAULTY = ("gunicorn", "tests.faulty_wsgi")
# The round under way, the three that are missed, and time for a busy machine.
SOON = (1 + ROUNDS_MISSED) * TIMER_SECONDS + 5


@pytest.fixture
def site(production: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    """A deployed shop whose two workers have both run a round."""
    rows(production, "DELETE FROM repairshop_heartbeat")
    with running(*FAULTY, **production, FAULTS=str(tmp_path)) as site:
        wait_until(lambda: len(workers(site)) == 2 and beating(production) == workers(site))
        wait_until(lambda: site.status("/healthz") == 200)
        yield site


def reason(site: Process) -> str:
    return str(json.loads(site.get("/healthz").body)["status"])


def statuses(site: Process, path: str) -> set[int]:
    """Those of enough answers that most likely both workers gave some."""
    return {site.get(path).status for _ in range(12)}


@pytest.mark.parametrize("fault", ["end", "hang"])
def test_one_dead_timer_is_red_within_three_rounds_and_nothing_else_is_wrong(
    site: Process, tmp_path: Path, fault: str
) -> None:
    worker = min(workers(site))
    (tmp_path / str(worker)).write_text(fault)

    # So says the other worker, later than the one that knows of itself.
    wait_until(lambda: reason(site).startswith("A timer last ran"), seconds=SOON)
    assert statuses(site, "/healthz") == {503}
    assert statuses(site, "/store/") == {200}
    assert site.stop() == 0


def test_control_without_a_fault_it_stays_green(site: Process, production: dict[str, str]) -> None:
    last = "SELECT count(*) FROM repairshop_heartbeat WHERE beat_at > started_at + interval '5 s'"
    wait_until(lambda: rows(production, last) == [(2,)] or reason(site) != "ok")

    assert statuses(site, "/healthz") == {200}


def test_a_failing_job_is_red_until_its_next_good_round(
    site: Process, production: dict[str, str], tmp_path: Path
) -> None:
    fault = tmp_path / str(min(workers(site)))
    fault.write_text("fail")
    wait_until(lambda: reason(site) == "The last round of a timer failed.", seconds=SOON)
    assert site.status("/healthz") == 503
    fault.unlink()
    wait_until(lambda: site.status("/healthz") == 200, seconds=SOON)

    (kept,) = rows(production, "SELECT last_error FROM repairshop_heartbeat WHERE last_error <> ''")
    assert str(kept[0]).startswith("print_labels: RuntimeError")


def test_a_killed_worker_does_not_leave_it_red(site: Process, production: dict[str, str]) -> None:
    worker = min(workers(site))
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: worker not in workers(site) and len(workers(site)) == 2)
    wait_until(lambda: beating(production) == workers(site), seconds=SOON)

    assert statuses(site, "/healthz") == {200}


def test_a_recycled_worker_takes_its_heartbeat_along(
    site: Process, production: dict[str, str]
) -> None:
    worker = min(workers(site))
    os.kill(worker, signal.SIGTERM)
    wait_until(lambda: worker not in workers(site))

    assert worker not in beating(production)
    wait_until(lambda: beating(production) == workers(site), seconds=SOON)


def test_a_shop_that_was_stopped_leaves_no_heartbeat(
    site: Process, production: dict[str, str]
) -> None:
    assert site.stop() == 0
    assert beating(production) == set()
