"""A PostgreSQL that says nothing is told from one that takes its time."""

from collections.abc import Iterator
from time import monotonic

import psycopg2
import pytest
from django.db import connection
from psycopg2.extensions import set_wait_callback
from pytest_django.fixtures import Settings

from repairshop import database_timeout
from repairshop.database_timeout import Connection, Pulse, wait
from tests.processes import wait_until
from tests.silent_server import SilentServer, silent_server

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
# On a machine that does other things as well; without the question it was ten.
QUICK_SECONDS = 3


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """One of its own, by which this process waits."""
    pulse = Pulse()
    monkeypatch.setattr(database_timeout, "pulse", pulse)
    set_wait_callback(wait)
    yield pulse
    set_wait_callback(None)
    wait_until(lambda: not pulse.is_asked)


@pytest.fixture
def silent(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentServer]:
    """The shop's database takes all connections and says nothing."""
    with silent_server() as server:
        host, port = server.listener.getsockname()
        with monkeypatch.context() as place:
            place.setitem(connection.settings_dict, "HOST", host)
            place.setitem(connection.settings_dict, "PORT", port)
            yield server


def connect_to(server: SilentServer) -> None:
    host, port = server.listener.getsockname()
    psycopg2.connect(host=host, port=port, user="web", connection_factory=Connection)


def test_whoever_waits_for_a_silent_server_is_told(silent: SilentServer) -> None:
    begun = monotonic()
    with pytest.raises(psycopg2.OperationalError, match="answers nobody"):
        connect_to(silent)

    assert monotonic() - begun < QUICK_SECONDS


def test_nobody_begins_to_wait_for_one_and_it_is_found_again(
    silent: SilentServer, pulse: Pulse
) -> None:
    with pytest.raises(psycopg2.OperationalError):
        connect_to(silent)
    known = len(silent.taken)
    with pytest.raises(psycopg2.OperationalError, match="answers nobody"):
        connect_to(silent)
    assert len(silent.taken) == known

    # One that hangs up has said something.
    silent.hang_up()
    wait_until(lambda: not pulse.is_silent)


def test_a_statement_may_be_slow(pulse: Pulse) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_sleep(%s)", [4 * database_timeout.PATIENCE])
        assert cursor.fetchone() == (1,)

    assert not pulse.is_silent


def test_control_without_the_question_it_is_waited_for(
    silent: SilentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pulse, "ask", lambda self: None)
    monkeypatch.setattr(database_timeout, "SECONDS", 1.5)

    with pytest.raises(psycopg2.OperationalError, match="has said nothing for"):
        connect_to(silent)


@pytest.mark.parametrize("pooled", [True, False])
def test_in_a_pool_no_question_stands_in_line(
    pulse: Pulse, settings: Settings, pooled: bool
) -> None:
    settings.DATABASE_POOLED = pooled
    pulse.heard_at -= 60

    pulse.ask()

    # Else, it has been answered when it is asked no more.
    assert (pulse.heard_at < monotonic() - 30 and not pulse.is_asked) is pooled
