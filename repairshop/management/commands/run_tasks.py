import logging
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connections
from django.utils.crypto import get_random_string

from repairshop import database_timeout

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_TRIES = 1


class Command(BaseCommand):
    help = "Run the timer's jobs as they come into the queue, with TIMER=tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--batch",
            action="store_true",
            help="end when nothing waits any more, rather than at SIGTERM or Ctrl-C",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TIMER_BY_TASKS:
            raise CommandError("There is no queue: TIMER=tasks is not set.")
        if options["batch"]:
            work(batch=True)
            return
        # As in a web process: it outlives a database that has fallen silent.
        database_timeout.limit_waiting()
        worker = get_random_string(32)
        while not has_worked(worker):
            time.sleep(SECONDS_BETWEEN_TRIES)


def has_worked(worker: str) -> bool:
    """Work until told to end; False when the database went away, which ends the engine's worker."""
    # The engine is installed for nobody else.
    from repairshop import tasks

    try:
        tasks.give_up(worker)
        work(batch=False, worker_id=worker)
    except Error:
        logger.exception("A worker has lost the database")
        connections.close_all()
        return False
    return True


def work(*, batch: bool, **options: str) -> None:
    # It would say three lines of each task; what jobs do and which fail, the timer logs.
    call_command("db_worker", batch=batch, reload=False, verbosity=0, **options)
