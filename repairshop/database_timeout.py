"""How long a web process waits for PostgreSQL to answer.

A server that died without a word, or whose disk is stuck, would keep each thread that asked
it for ever: libpq has a limit for connecting and none for answers (psycopg2#561), and
`statement_timeout` is counted by the very server that is silent.
"""

import select

from psycopg2 import OperationalError
from psycopg2.extensions import POLL_OK, POLL_READ, connection, set_wait_callback

# Longer than anybody has to queue for a thing. Twice as long, once for a connection that has
# fallen silent and once for a new one, is less than gunicorn and Heroku's router allow.
SECONDS = 10


def wait(waiting: connection) -> None:
    """Wait for the server as psycopg2 asks; when this raises, psycopg2 ends the connection."""
    while (state := waiting.poll()) != POLL_OK:
        poll = select.poll()
        poll.register(waiting, select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not poll.poll(1000 * SECONDS):
            raise OperationalError(f"PostgreSQL has said nothing for {SECONDS} seconds")


def limit_waiting() -> None:
    """From now on, for all connections of this process."""
    set_wait_callback(wait)
