"""Torture runs in their smallest size; `make torture-night` plays them in full."""

import os

import pytest
from django.db import connection

from tests.torture.report import line, play
from tests.torture.rows import ROWS, Row
from tests.torture.run import Result, Run

PLAYED = [row for row in ROWS if row.small]


def this_database() -> str:
    server, _ = os.environ["DATABASE_URL"].rsplit("/", 1)
    return f"{server}/{connection.settings_dict['NAME']}"


@pytest.fixture
def _no_connections_of_others(transactional_db: None) -> None:
    """Rows count connections; threads of earlier tests may have left some of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.postgresql
@pytest.mark.usefixtures("_no_connections_of_others")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("row", PLAYED, ids=[row.name for row in PLAYED])
def test_the_promise_holds_and_its_control_does_not(row: Row) -> None:
    results: list[Result] = []
    play(row, Run(row.name, row.small, seed=1, database=this_database()), results)

    assert any(result.control for result in results)
    assert [line(result) for result in results if not result.good] == []
