"""What holds whoever runs the timer's jobs: its own thread, or workers of a task engine.

`tests/test_task_queue.py` runs this file once more, with TIMER=tasks.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from repairshop import timer
from repairshop.health import check_health
from repairshop.models import ROUNDS_MISSED, Fault, Heartbeat
from store.models import Item, Piece

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]


class Rounds:
    """Rounds of one process; heartbeats are its own, or those of jobs that are run by tasks."""

    def __init__(self) -> None:
        self.beat = Heartbeat(process=timer.process_name())

    def run(self) -> None:
        timer.run_round(self.beat)
        if settings.TIMER_BY_TASKS:
            call_command("run_tasks", batch=True)

    def wait(self) -> None:
        """Let the time until the next round pass."""
        passed = timedelta(seconds=settings.TIMER_SECONDS)
        Heartbeat.objects.update(beat_at=F("beat_at") - passed)

    def left_by(self, job: str) -> Heartbeat:
        """The heartbeat that tells of a job, as others read it."""
        process = job if settings.TIMER_BY_TASKS else timer.process_name()
        return Heartbeat.objects.with_age().get(process=process)


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


def test_a_round_tidies_lapsed_holds_and_leaves_a_heartbeat(rounds: Rounds, lapsed: Item) -> None:
    rounds.run()

    assert Piece.objects.get(item=lapsed).held_by is None
    beat = rounds.left_by("release_lapsed_holds")
    assert (beat.tidied, beat.failing, beat.last_error) == (1, False, "")
    assert check_health().problem == ""


def test_a_second_round_moves_the_same_heartbeat_and_counts_on(
    rounds: Rounds, lapsed: Item
) -> None:
    rounds.run()
    Heartbeat.objects.update(beat_at=Now() - timedelta(hours=1))
    rounds.run()

    seen = rounds.left_by("release_lapsed_holds")
    assert seen.age < timedelta(minutes=1)
    assert seen.tidied == 1
    assert seen.started_at < seen.beat_at


def test_a_failing_job_is_logged_and_stops_no_other(
    rounds: Rounds, jobs: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    rounds.run()

    assert jobs == ["fails", "works"]
    assert "Timer job fails failed" in caplog.text
    beat = rounds.left_by("fails")
    assert beat.failing
    assert beat.last_error == "fails: RuntimeError: no paper in the printer"
    assert "failed: fails: RuntimeError." in check_health().problem
    assert Fault.objects.get().page == "fails"


def test_after_a_good_round_the_error_is_over_and_not_forgotten(
    rounds: Rounds, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.run()
    mended = timer.JOBS[1]
    monkeypatch.setattr(mended, "__name__", "fails")
    monkeypatch.setattr(timer, "JOBS", [mended])
    rounds.wait()
    rounds.run()

    seen = rounds.left_by("fails")
    assert not seen.failing
    assert "no paper" in seen.last_error
    assert seen.last_error_at is not None


def test_a_timer_that_falls_silent_is_told_of(
    rounds: Rounds, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timer, "JOBS", timer.JOBS[1:])
    rounds.run()
    assert check_health().problem == ""

    for _ in range(ROUNDS_MISSED + 1):
        rounds.wait()
    assert check_health().problem.startswith("The timer last ran 6")


def test_a_database_error_inside_a_job_spoils_neither_the_next_nor_the_heartbeat(
    rounds: Rounds, lapsed: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks_nonsense() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        return 0

    monkeypatch.setattr(timer, "JOBS", [asks_nonsense, *timer.JOBS])
    rounds.run()

    assert Piece.objects.get(item=lapsed).held_by is None
    assert "no_such_table" in rounds.left_by("asks_nonsense").last_error
