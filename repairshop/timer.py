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
from django.db import Error, close_old_connections
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bag.services import release_lapsed_holds
from repairshop.models import Heartbeat

logger = logging.getLogger(__name__)

JOBS: list[Callable[[], int]] = [release_lapsed_holds]
KEEP_HEARTBEATS = timedelta(days=1)
ROUNDS_MISSED = 3
THREAD_NAME = "repairshop-timer"

_stop = threading.Event()
_thread: threading.Thread | None = None


def run_jobs() -> str:
    """Run every job once and return the last error, or an empty string.

    A job that fails is logged and does not stop the rest.
    """
    error = ""
    for job in JOBS:
        try:
            if done := job():
                logger.info("Timer job %s: %d", job.__name__, done)
        except Exception as failure:
            logger.exception("Timer job %s failed", job.__name__)
            error = f"{job.__name__}: {failure}"
            # The next job must not inherit a connection that broke in this one.
            close_old_connections()
    return error


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_round() -> None:
    """One round: the jobs, then the heartbeat. Safe beside other processes doing the same."""
    try:
        close_old_connections()
        error = run_jobs()
        Heartbeat.objects.update_or_create(
            process=process_name(), defaults={"beat_at": Now(), "last_error": error}
        )
        Heartbeat.objects.older_than(KEEP_HEARTBEATS).delete()
        close_old_connections()
    except Exception:
        # Whatever it was, the thread must live to try again.
        logger.exception("The timer could not leave its heartbeat")


def loop(stop: threading.Event) -> None:
    """Run rounds every TIMER_SECONDS until `stop` is set."""
    while not stop.is_set():
        run_round()
        stop.wait(settings.TIMER_SECONDS)


def start() -> None:
    """Start the thread of this process, unless it runs. Only a web process calls this."""
    global _stop, _thread
    if settings.TIMER and not (_thread and _thread.is_alive()):
        _stop = threading.Event()
        _thread = threading.Thread(target=loop, args=[_stop], name=THREAD_NAME, daemon=True)
        _thread.start()


def stop() -> None:
    """End the thread of this process after the round it is in."""
    _stop.set()
    if _thread and _thread.is_alive():
        _thread.join()


def problem() -> str:
    """Why the shop is not well, in one sentence; empty when it is."""
    try:
        age = Heartbeat.objects.age_of_last()
    except Error:
        logger.exception("The health check cannot reach the database")
        return _("The database does not answer.")
    if not settings.TIMER:
        return ""
    if age is None:
        return _("The timer has not run yet.")
    if age > timedelta(seconds=ROUNDS_MISSED * settings.TIMER_SECONDS):
        seconds = int(age.total_seconds())
        return (
            ngettext(
                "The timer last ran %d second ago.", "The timer last ran %d seconds ago.", seconds
            )
            % seconds
        )
    return ""
