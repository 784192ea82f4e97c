"""A connection that is kept costs no question at each request, and one that ended is noticed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections

from repairshop.database_timeout import hears_something
from tests.processes import wait_until

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


@pytest.fixture
def kept() -> Iterator[Any]:
    """One beside the test's own, on which a request has asked something before."""
    kept = connections.create_connection("default")
    ask(kept)
    yield kept
    kept.close()


def ask(asked: Any) -> int:
    with asked.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def begin_request(kept: Any) -> None:
    kept.close_if_unusable_or_obsolete()
    kept.close_if_health_check_failed()


def last_heard(kept: Any) -> str:
    """What the server was asked on this connection at last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = %s", [kept.connection.info.backend_pid]
        )
        return str(cursor.fetchone()[0])


def test_a_request_does_not_ask_whether_the_connection_works(kept: Any) -> None:
    begin_request(kept)

    assert last_heard(kept) == "SELECT pg_backend_pid()"


def test_after_an_error_it_is_asked(kept: Any) -> None:
    kept.errors_occurred = True
    begin_request(kept)

    assert last_heard(kept) == "SELECT 1"


def test_a_connection_that_the_server_has_ended_is_replaced(kept: Any) -> None:
    ended = kept.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ended])
    wait_until(lambda: hears_something(kept.connection))
    begin_request(kept)

    assert ask(kept) != ended
