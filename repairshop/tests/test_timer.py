"""A round of the timer, and its thread."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from bag.services import release_lapsed_holds
from invoices.orders.confirming import begin_confirming
from mail.sending import send_mails
from repairshop import timer
from repairshop.health import check_health
from repairshop.models import Heartbeat
from repairshop.tests.factories import LATE, ended_process, make_beat
from store.imports.running import forget_imports
from store.models import Item
from store.pictures.fetching import fetch_pictures
from store.pictures.kept import remove_abandoned_pictures
from tests.processes import wait_until

# A round closes connections that it finds inside of a test's own transaction.
pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]


def run_rounds(count: int = 1) -> Heartbeat:
    """Rounds of one process; return its heartbeat as others read it."""
    beat = Heartbeat(process=timer.process_name())
    for _ in range(count):
        timer.run_round(beat)
    return Heartbeat.objects.with_age().get(pk=beat.pk)


def timers() -> int:
    return sum(thread.name == timer.THREAD_NAME for thread in threading.enumerate())


def test_a_process_with_the_number_of_a_killed_one_starts_anew() -> None:
    make_beat(timer.process_name(), seconds_ago=LATE, tidied=9, last_error="a: B: c")
    beat = run_rounds()

    assert (beat.tidied, beat.last_error) == (0, "")


def test_a_round_returns_how_much_each_job_did(jobs: list[str], lapsed: Item) -> None:
    timer.JOBS.append(release_lapsed_holds)

    assert timer.run_jobs().done == {"works": 3, "release_lapsed_holds": 1}


def refuse_heartbeats(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if "repairshop_heartbeat" in sql:
        raise DatabaseError("disk full")
    return execute(sql, *rest)


def test_a_round_that_cannot_write_its_heartbeat_is_survived_and_made_up_for(
    lapsed: Item, caplog: pytest.LogCaptureFixture
) -> None:
    beat = Heartbeat(process=timer.process_name())
    with connection.execute_wrapper(refuse_heartbeats):
        timer.run_round(beat)
    timer.run_round(beat)

    assert "could not leave its heartbeat" in caplog.text
    assert Heartbeat.objects.get().tidied == 1


def test_heartbeats_of_processes_long_gone_are_forgotten() -> None:
    make_beat("elsewhere:7", seconds_ago=25 * 3600)
    make_beat(ended_process(), seconds_ago=LATE)
    make_beat("elsewhere:8", seconds_ago=LATE)
    run_rounds()

    left = Heartbeat.objects.values_list("process", flat=True)
    assert set(left) == {timer.process_name(), "elsewhere:8"}


@pytest.fixture
def _no_thread_left() -> Iterator[None]:
    """Keep a started thread from outliving its test."""
    yield
    timer.stop()
    timer._thread = None


@pytest.mark.usefixtures("_no_thread_left")
def test_started_twice_there_is_one_thread_and_stopped_there_is_none() -> None:
    timer.start()
    timer.start()
    assert timers() == 1

    timer.stop()
    assert timers() == 0


@pytest.mark.usefixtures("_no_thread_left")
def test_a_stopped_timer_leaves_no_heartbeat_behind() -> None:
    timer.start()
    wait_until(Heartbeat.objects.exists)
    timer.stop()

    assert not Heartbeat.objects.exists()
    assert not timer.has_died()


@pytest.mark.usefixtures("_no_thread_left")
def test_a_thread_that_ends_without_being_told_to_has_died(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    monkeypatch.setattr(timer, "loop", lambda stop: None)
    timer.start()
    wait_until(timer.has_died)

    died = f"The timer of {timer.process_name()} has died."
    assert check_health().problem == died
    assert client.get("/healthz").json()["status"] == "A timer has died."


@pytest.mark.usefixtures("_no_thread_left")
def test_a_first_round_that_hangs_has_left_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    going_on = threading.Event()
    monkeypatch.setattr(timer, "JOBS", [lambda: int(going_on.wait())])
    timer.start()
    try:
        wait_until(Heartbeat.objects.exists)
    finally:
        going_on.set()


@pytest.mark.usefixtures("_no_thread_left")
def test_a_stopped_timer_can_be_started_again() -> None:
    timer.start()
    timer.stop()
    timer.start()
    assert timers() == 1


@pytest.mark.usefixtures("_no_thread_left")
def test_switched_off_there_is_no_thread(settings: Settings) -> None:
    settings.TIMER = False
    timer.start()
    assert timers() == 0


def test_servers_of_strangers_keep_no_mail_waiting() -> None:
    assert timer.JOBS[-3:] == [send_mails, begin_confirming, fetch_pictures]
    assert forget_imports in timer.JOBS
    assert remove_abandoned_pictures in timer.JOBS


def test_without_the_setting_heartbeats_of_jobs_are_not_missed() -> None:
    make_beat("send_mails", seconds_ago=LATE)
    make_beat(timer.process_name())

    assert check_health().problem == ""


def test_a_worker_without_a_queue_says_so() -> None:
    with pytest.raises(CommandError, match="TIMER=tasks is not set"):
        call_command("run_tasks")
