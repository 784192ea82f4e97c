"""How many connections to PostgreSQL one machine may use, and how much of a shop fits into them.

Each request thread keeps one, and so does the timer of each process. While a new version starts
beside the old one, both have theirs. Of a pool of connections only its own owner knows the size,
so behind one (`DATABASE_POOLED`) there are as many threads as are wanted.
"""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import psycopg2

from repairshop.environment import env_int

# What the server, this role and this database allow, whichever is least; -1 is without a limit.
ALLOWED = """
SELECT least(
    current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0),
    nullif((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), -1),
    nullif((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1)
)
"""
# For somebody's `manage.py`, and for the release that migrates.
SPARE = 2
FEWEST_THREADS = 2


class Size(NamedTuple):
    """Processes, and request threads in each."""

    workers: int
    threads: int


def allowed(database: Mapping[str, Any]) -> int | None:
    """What the database of these settings allows; None if that cannot be asked, or is no matter."""
    if not database["ENGINE"].endswith(".postgresql"):
        return None
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    given = {name: database[key] for name, key in {**parts, "port": "PORT"}.items()}
    given |= database.get("OPTIONS", {})
    try:
        connection = psycopg2.connect(**{name: value for name, value in given.items() if value})
    except psycopg2.OperationalError:
        return None
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED)
        [found] = cursor.fetchone()
    connection.close()
    return int(found)


def share_of(connections: int) -> int:
    """What one of two versions may use that are there side by side."""
    return max(1, (connections - SPARE) // 2)


def fitting(wanted: Size, share: int, *, timers: int) -> Size:
    """Fewer threads before fewer processes; but one thread alone waits for every slow call.

    `timers` is how many connections each process keeps beside those of its threads.
    """
    workers = max(1, min(wanted.workers, share // (FEWEST_THREADS + timers)))
    return Size(workers, max(1, min(wanted.threads, share // workers - timers)))


def size_for(wanted: Size, settings: Mapping[str, Any]) -> tuple[Size, str]:
    """What is started of what is wanted, and one line that says why, if it is less."""
    timers = int(settings["TIMER"])
    if os.environ.get("DATABASE_CONNECTIONS"):
        share = env_int("DATABASE_CONNECTIONS", default=1)
        reason = f"DATABASE_CONNECTIONS is {share}"
    elif settings["DATABASE_POOLED"]:
        return wanted, ""
    elif (found := allowed(settings["DATABASES"]["default"])) is not None:
        share = share_of(found)
        reason = f"the database allows {found} connections, of which a version may use {share}"
    else:
        return wanted, ""
    size = fitting(wanted, share, timers=timers)
    if size == wanted:
        return wanted, ""
    return size, (
        f"Web processes: {size.workers} of {size.threads} threads, not {wanted.workers} of "
        f"{wanted.threads}, for {reason}."
    )
