"""What the harness of the torture runs forks leaves the connections of its parent alone."""

import asyncio
import gc
from asyncio import events
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections

from tests.torture.fork import FORK
from tests.torture.killed import stepwise

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_loop_runs() -> Iterator[None]:
    """After a test with a browser, Playwright's loop runs in this thread for good.

    The connection from before it may have been ended meanwhile, by a torture row.
    """
    running = events._get_running_loop()
    events._set_running_loop(None)
    connection.close()
    yield
    events._set_running_loop(running)


def backend() -> int:
    """Which of PostgreSQL's processes answers this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def in_a_fork(serve: Callable[[], object]) -> int | None:
    """How a process ends that serves this, as those of row 11 do."""
    process = FORK.Process(target=stepwise, args=[serve, 0, None])
    process.start()
    process.join()
    return process.exitcode


def ask_and_collect() -> None:
    backend()
    gc.collect()


def test_a_fork_closes_no_connection_of_its_parent() -> None:
    # An event loop, such as Playwright's, gives this thread a second connection.
    async def beside_an_event_loop() -> bool:
        try:
            mine = backend()
            return in_a_fork(ask_and_collect) == 0 and backend() == mine
        finally:
            connection.close()

    first = backend()

    assert asyncio.run(beside_an_event_loop())
    assert backend() == first


def test_a_fork_uses_no_connection_of_its_parent() -> None:
    async def end_the_first_connection() -> int | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [first])
        connection.close()
        return in_a_fork(backend)

    first = backend()
    ended = asyncio.run(end_the_first_connection())
    connections.close_all()

    assert ended == 0
