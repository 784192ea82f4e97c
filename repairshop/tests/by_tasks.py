"""The timer's jobs by a task engine: what waits, what is lost, and what is kept of it.

`tests/test_task_queue.py` runs them with TIMER=tasks, in a process of their own: nobody else finds
them by their file's name, for elsewhere the engine is not installed.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from bag.services import release_lapsed_holds
from repairshop import tasks, timer
from repairshop.health import check_health
from repairshop.models import Heartbeat
from repairshop.tests.factories import LATE, make_beat

pytestmark = pytest.mark.django_db(transaction=True)


def run_round() -> None:
    timer.run_round(Heartbeat(process=timer.process_name()))


def work() -> None:
    call_command("run_tasks", batch=True)


def test_a_round_runs_nothing_by_itself_and_a_worker_does(jobs: list[str]) -> None:
    run_round()
    assert (jobs, tasks.own().count()) == ([], 2)

    work()
    assert jobs == ["fails", "works"]


def test_what_waits_runs_or_has_just_run_is_not_enqueued_again(jobs: list[str]) -> None:
    for _ in range(3):
        run_round()
    assert tasks.own().count() == 2

    tasks.own().filter(args_kwargs__args=["works"]).update(
        status="RUNNING", started_at=timezone.now()
    )
    work()
    run_round()
    assert jobs == ["fails"]
    assert tasks.own().count() == 2


def test_timers_at_once_enqueue_each_job_once(jobs: list[str]) -> None:
    def run_mine(_number: int) -> None:
        run_round()
        connections.close_all()

    with ThreadPoolExecutor(8) as timers:
        list(timers.map(run_mine, range(8)))

    assert tasks.own().count() == 2


def test_after_half_a_round_a_job_is_due_again(jobs: list[str], settings: Settings) -> None:
    run_round()
    work()
    Heartbeat.objects.update(beat_at=Now() - timedelta(seconds=settings.TIMER_SECONDS / 2))
    run_round()

    assert tasks.own().filter(status="READY").count() == 2


def test_a_job_whose_worker_was_killed_is_done_once_more(jobs: list[str]) -> None:
    run_round()
    begun = timezone.now() - timedelta(minutes=6)
    tasks.own().filter(args_kwargs__args=["works"]).update(status="RUNNING", started_at=begun)
    Heartbeat.objects.update(beat_at=Now() - timedelta(minutes=6))
    run_round()
    work()

    assert sorted(jobs) == ["fails", "works"]
    assert not tasks.own().filter(status="RUNNING").exists()


def test_what_a_worker_ran_when_it_lost_the_database_is_given_up(jobs: list[str]) -> None:
    run_round()
    for job, worker in (("fails", "another"), ("works", "this one")):
        waiting = tasks.own().filter(args_kwargs__args=[job])
        waiting.update(status="RUNNING", started_at=timezone.now(), worker_ids=[worker])
    tasks.give_up("this one")

    assert tasks.own().get(status="RUNNING").worker_ids == ["another"]
    assert tasks.own().get(status="FAILED").worker_ids == ["this one"]


def test_a_queue_that_nobody_works_is_told_of_for_ever(jobs: list[str], client: Client) -> None:
    run_round()
    Heartbeat.objects.update(beat_at=Now() - timedelta(seconds=LATE))
    run_round()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"].startswith("The timer last ran 5")

    Heartbeat.objects.update(beat_at=Now() - timedelta(days=2))
    run_round()
    assert check_health().problem == "The timer has not run yet."


def test_one_job_that_does_not_come_to_its_end_is_told_of(jobs: list[str]) -> None:
    timer.JOBS.pop(0)
    make_beat("release_lapsed_holds", seconds_ago=LATE)
    run_round()
    work()
    assert check_health().problem == ""

    timer.JOBS.append(release_lapsed_holds)
    assert check_health().problem.startswith("The timer of release_lapsed_holds last ran 5")


def test_results_hold_no_word_of_an_error(jobs: list[str]) -> None:
    run_round()
    work()

    failed = tasks.own().get(status="FAILED")
    assert failed.traceback.endswith("repairshop.tasks.JobFailed: fails: RuntimeError\n")
    kept = str(tasks.own().values())
    assert "no paper" not in kept
    assert tasks.own().get(status="SUCCESSFUL").return_value == 3


def test_results_are_forgotten_after_minutes(jobs: list[str]) -> None:
    run_round()
    work()
    tasks.own().update(finished_at=timezone.now() - timedelta(minutes=11))
    run_round()

    assert not tasks.own().exists()


def test_heartbeats_of_jobs_long_gone_are_forgotten(jobs: list[str]) -> None:
    make_beat("print_labels", seconds_ago=25 * 3600)
    make_beat("works", seconds_ago=25 * 3600)
    run_round()

    assert {*Heartbeat.objects.values_list("process", flat=True)} == {"fails", "works"}


def refuse_tasks(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if "django_tasks_database" in sql:
        raise DatabaseError("disk full")
    return execute(sql, *rest)


def test_a_round_that_cannot_enqueue_is_survived_and_made_up_for(
    jobs: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with connection.execute_wrapper(refuse_tasks):
        run_round()
    assert "could not enqueue its jobs" in caplog.text

    run_round()
    assert tasks.own().count() == 2


def test_while_the_shop_is_looked_after_what_waits_is_left(
    jobs: list[str], settings: Settings
) -> None:
    run_round()
    settings.MAINTENANCE = True
    work()

    assert jobs == []
