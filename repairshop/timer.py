"""The timer: one daemon thread per web process that tidies what time has decided.

No answer of the shop depends on it having run (see `PieceQuerySet.free`).
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bag.services import release_lapsed_holds
from repairshop.models import Heartbeat

logger = logging.getLogger(__name__)

JOBS: list[Callable[[], int]] = [release_lapsed_holds]
KEEP_HEARTBEATS = timedelta(days=1)


def run_jobs() -> str:
    """Run every job once and return the last error, or an empty string.

    A job that fails is logged and does not stop the rest.
    """
    error = ""
    for job in JOBS:
        try:
            job()
        except Exception as failure:
            logger.exception("Timer job %s failed", job.__name__)
            error = f"{job.__name__}: {failure}"
    return error


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_round() -> None:
    """One round: the jobs, then the heartbeat. Safe beside other processes doing the same."""
    close_old_connections()
    try:
        error = run_jobs()
        Heartbeat.objects.update_or_create(
            process=process_name(), defaults={"beat_at": Now(), "last_error": error}
        )
        Heartbeat.objects.older_than(KEEP_HEARTBEATS).delete()
    except DatabaseError:
        logger.exception("Timer could not leave its heartbeat")
    finally:
        close_old_connections()


def loop(stop: threading.Event) -> None:
    """Run rounds every TIMER_SECONDS until `stop` is set."""
    while True:
        run_round()
        if stop.wait(settings.TIMER_SECONDS):
            return


def start() -> None:
    """Start the thread of this process. Called at the end of `wsgi.py` and nowhere else."""
    if settings.TIMER:
        threading.Thread(
            target=loop, args=[threading.Event()], name="repairshop-timer", daemon=True
        ).start()


def problem() -> str:
    """Why the shop is not well, in one sentence; empty when it is."""
    try:
        ran_lately = Heartbeat.objects.within(timedelta(seconds=3 * settings.TIMER_SECONDS))
        if settings.TIMER and not ran_lately.exists():
            return _("The timer has not run for three rounds.")
    except DatabaseError:
        logger.exception("The health check cannot reach the database")
        return _("The database does not answer.")
    return ""
