"""A round of the timer, and its thread."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from bag.services import hold_pieces
from repairshop import timer
from repairshop.models import Heartbeat
from store.models import Item, Piece

# A round closes connections that it finds inside of a test's own transaction.
pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]


def beats() -> int:
    return Heartbeat.objects.count()


def timers() -> int:
    return sum(thread.name == timer.THREAD_NAME for thread in threading.enumerate())


@pytest.fixture
def lapsed(clock: Item) -> Item:
    """An item whose only piece has been held until a second ago."""
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    Piece.objects.filter(item=clock).update(held_until=Now() - timedelta(seconds=1))
    return clock


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a failing job before the real ones; the list tells which ran."""
    ran: list[str] = []

    def fails() -> int:
        ran.append("fails")
        raise RuntimeError("no paper in the printer")

    def works() -> int:
        ran.append("works")
        return 0

    monkeypatch.setattr(timer, "JOBS", [fails, works])
    return ran


def test_a_round_tidies_lapsed_holds_and_leaves_a_heartbeat(lapsed: Item) -> None:
    timer.run_round()

    assert Piece.objects.get(item=lapsed).held_by is None
    beat = Heartbeat.objects.get()
    assert (beat.process, beat.last_error) == (timer.process_name(), "")


def test_a_second_round_moves_the_same_heartbeat() -> None:
    timer.run_round()
    Heartbeat.objects.update(beat_at=Now() - timedelta(hours=1))
    timer.run_round()

    age = Heartbeat.objects.age_of_last()
    assert beats() == 1
    assert age is not None
    assert age < timedelta(minutes=1)


def test_a_failing_job_is_logged_and_stops_no_other(
    jobs: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    timer.run_round()

    assert jobs == ["fails", "works"]
    assert "Timer job fails failed" in caplog.text
    assert Heartbeat.objects.get().last_error == "fails: no paper in the printer"


def test_a_database_error_inside_a_job_spoils_neither_the_next_nor_the_heartbeat(
    lapsed: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks_nonsense() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        return 0

    monkeypatch.setattr(timer, "JOBS", [asks_nonsense, *timer.JOBS])
    timer.run_round()

    assert Piece.objects.get(item=lapsed).held_by is None
    assert "no_such_table" in Heartbeat.objects.get().last_error


def test_a_round_that_cannot_write_its_heartbeat_is_survived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def name_is_too_long() -> str:
        raise DatabaseError("disk full")

    monkeypatch.setattr(timer, "process_name", name_is_too_long)
    timer.run_round()

    assert "could not leave its heartbeat" in caplog.text


def test_heartbeats_of_processes_long_gone_are_forgotten() -> None:
    Heartbeat.objects.create(process="gone", beat_at=Now() - timedelta(days=2))
    timer.run_round()

    assert not Heartbeat.objects.filter(process="gone").exists()


@pytest.fixture
def _no_thread_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a started thread from outliving its test, and its connection from the database."""

    def closes_its_connection(stop: threading.Event) -> None:
        loop(stop)
        connections.close_all()

    loop = timer.loop
    monkeypatch.setattr(timer, "loop", closes_its_connection)
    yield
    timer.stop()


@pytest.mark.usefixtures("_no_thread_left")
def test_started_twice_there_is_one_thread_and_stopped_there_is_none() -> None:
    timer.start()
    timer.start()
    assert timers() == 1

    timer.stop()
    assert timers() == 0
    assert beats() == 1


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
