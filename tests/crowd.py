"""Many shoppers at once, each in a thread with a database connection of its own."""

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
