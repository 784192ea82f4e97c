"""Many shoppers at once, each in a thread with a database connection of its own.

A control shows that a protection is needed: without it, two people get the same thing. Whether they
do must not hang on luck, so it lets them meet at the statement before which the other one acts.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connection


def attempt(action: Callable[[], Any], start: Barrier) -> Any:
    try:
        connection.ensure_connection()
        start.wait(timeout=60)
        return action()
    except Exception as failure:
        return failure
    finally:
        connection.close()


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all actions at the same moment; return what each returned or raised."""
    start = Barrier(len(actions))
    with ThreadPoolExecutor(len(actions)) as crowd:
        return list(crowd.map(partial(attempt, start=start), actions))


def just_before(statement: str, action: Callable[[], Any]) -> Any:
    """Let `action` happen once, just before this thread sends its first such statement."""
    waiting = [action]

    def send(execute: Any, sql: str, *arguments: Any) -> Any:
        if waiting and sql.startswith(statement):
            waiting.pop()()
        return execute(sql, *arguments)

    return connection.execute_wrapper(send)


def meeting(statement: str, actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """`at_once`, but nobody sends such a statement before all of them are about to."""
    met: list[bool] = []
    meet = Barrier(len(actions), action=partial(met.append, True))

    def act(action: Callable[[], Any]) -> Any:
        with just_before(statement, partial(meet.wait, timeout=60)):
            return action()

    ends = at_once([partial(act, action) for action in actions])
    assert met, f"Nobody has sent {statement}"
    return ends


def somebody_waits() -> bool:
    """Whether anybody waits for a lock in this database; other tests have others on this server.

    Asked of `pg_locks` alone: of activities a transaction sees those of its first question.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks waits JOIN pg_locks has USING (pid)"
            " JOIN pg_database here ON here.oid = has.database"
            " WHERE NOT waits.granted AND here.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])
