import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from repairshop import database_timeout, timer


class Command(BaseCommand):
    help = "Tidy holds that have run out, once or for ever: the timer without a web process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help="repeat every TIMER_SECONDS, as the timer does, until SIGTERM or Ctrl-C",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            # As in a web process: it outlives a database that has fallen silent.
            database_timeout.limit_waiting()
            timer.loop(stop_on_signals())
            return
        done = timer.run_jobs()
        count = done.tidied
        self.stdout.write(ngettext("%d hold released.", "%d holds released.", count) % count)
        if done.error:
            raise CommandError(done.error)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set, so that the round under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *received: stop.set())
    return stop
