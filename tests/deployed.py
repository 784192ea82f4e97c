"""The shop as it is deployed, and what its database and its workers say meanwhile."""

import psutil
import psycopg2

from tests.processes import Process

TIMER_SECONDS = 1


def rows(production: dict[str, str], query: str, *values: object) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(production["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def beating(production: dict[str, str]) -> set[int]:
    """The processes whose timers have left a heartbeat."""
    found = rows(production, "SELECT process FROM repairshop_heartbeat")
    return {int(str(process).rsplit(":", 1)[1]) for (process,) in found}


def workers(site: Process) -> set[int]:
    return {child.pid for child in psutil.Process(site.popen.pid).children()}
