"""How long a web process waits for PostgreSQL to answer.

A server that died without a word, was paused or whose disk is stuck would keep each thread that
asked it for ever: libpq has a limit for connecting and none for answers (psycopg2#561), and
`statement_timeout` is counted by the very server that is silent.

A statement may be slow; a server that is there still answers somebody else. So when nobody here
has heard from it for a moment, one thread asks on a connection of its own. If that hears nothing
either, all who wait are told at once, and nobody begins to, until it answers again.
"""

import os
import select
from contextlib import closing, suppress
from threading import Lock, Thread
from time import monotonic
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection as ours
from psycopg2 import OperationalError
from psycopg2.extensions import POLL_OK, POLL_READ, connection, set_wait_callback

# Longer than anybody has to queue for a thing. Twice as long, once for a connection that has
# fallen silent and once for a new one, is less than gunicorn and Heroku's router allow.
SECONDS = 10
# Until the server is asked whether it is there, and until it is taken for silent. Together less
# than the second in which a visitor is told.
PATIENCE, ANSWER_SECONDS = 0.25, 0.5
# How often those who wait look up, and after how long the question is put anew: what lies
# between may have forgotten it.
LOOK_SECONDS, ANEW_SECONDS = 0.1, 5


class Pulse:
    """Whether the server says anything at all, to whomever."""

    def __init__(self) -> None:
        self.heard_at = monotonic()
        self.is_silent = self.is_asked = False
        self.lock = Lock()

    def expect(self) -> None:
        """Raise where there is nothing to wait for."""
        if self.is_silent:
            raise OperationalError("PostgreSQL answers nobody")

    def ask(self) -> None:
        """Have the server asked, unless somebody has just heard from it.

        In a pool the question would stand in line behind all who wait for a lock, and take a shop
        that is in demand for one without a database.
        """
        if settings.DATABASE_POOLED:
            return
        with self.lock:
            if self.is_asked or monotonic() - self.heard_at < PATIENCE:
                return
            self.is_asked = True
        Thread(target=self.wait_for_it, name="database-pulse", daemon=True).start()

    def wait_for_it(self) -> None:
        while not self.is_answered():
            pass
        self.heard_at = monotonic()
        self.is_silent = self.is_asked = False

    def is_answered(self) -> bool:
        """Ask once on a new connection. A refusal is an answer, which all others get as well."""
        with suppress(psycopg2.Error):
            given = ours.get_connection_params() | {"connection_factory": None}
            with closing(psycopg2.connect(**given, async_=True)) as asking:
                if not self.hears(asking):
                    return False
                asking.cursor().execute("SELECT 1")
                return self.hears(asking)
        return True

    def hears(self, asking: connection) -> bool:
        begun = monotonic()
        while (state := asking.poll()) != POLL_OK:
            while not is_ready(asking, state, ANSWER_SECONDS):
                # The others may have heard of it meanwhile.
                self.is_silent = monotonic() - self.heard_at > ANSWER_SECONDS
                if monotonic() - begun > ANEW_SECONDS:
                    return False
        return True


pulse = Pulse()
# The thread that asks does not come along into a fork.
os.register_at_fork(after_in_child=pulse.__init__)  # type: ignore[misc]


class Connection(connection):
    """One that is not even begun while there is nobody to answer.

    A paused server would find thousands of them, of visitors who have left, when it goes on.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pulse.expect()
        super().__init__(*args, **kwargs)


def wait(waiting: connection) -> None:
    """Wait for the server as psycopg2 asks; when this raises, psycopg2 ends the connection."""
    pulse.expect()
    while (state := waiting.poll()) != POLL_OK:
        begun, patience = monotonic(), PATIENCE
        while not is_ready(waiting, state, LOOK_SECONDS):
            pulse.expect()
            waited = monotonic() - begun
            if waited > SECONDS:
                raise OperationalError(f"PostgreSQL has said nothing for {SECONDS} seconds")
            if waited > patience:
                # Less and less often: what is slow is not to be made slower.
                patience *= 2
                pulse.ask()
        if state == POLL_READ:
            pulse.heard_at = monotonic()


def is_ready(waiting: connection, state: int, seconds: float) -> bool:
    """Whether there is something to read, or room to write, within so many seconds."""
    poll = select.poll()
    poll.register(waiting, select.POLLIN if state == POLL_READ else select.POLLOUT)
    return bool(poll.poll(1000 * seconds))


def hears_something(idle: connection) -> bool:
    """Whether there is anything to be read on a connection that nobody has asked: its end, mostly.

    A connection that is closed on this side counts as well.
    """
    return bool(idle.closed) or is_ready(idle, POLL_READ, 0)


def limit_waiting() -> None:
    """From now on, for all connections of this process."""
    set_wait_callback(wait)
    if ours.vendor == "postgresql":
        ours.settings_dict["OPTIONS"]["connection_factory"] = Connection
