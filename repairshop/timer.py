"""The timer: one daemon thread per web process that tidies what time has decided already.

No answer of the shop depends on it having run (see `PieceQuerySet.available`).
"""

import atexit
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models.functions import Now
from django.utils import timezone

from accounts.guessing import forget_guesses
from accounts.postal import match_countries
from accounts.registering import forget_waiting
from accounts.retention import retain
from bag.rate_limit import delete_unused_rate_limits
from bag.services import release_lapsed_holds
from bag.waitlist.mail import notify_waitlists
from bag.waitlist.services import advance_waitlists
from bag.wishes.services import tell_wishes
from invoices.documents.drafts import fill_drafts
from invoices.documents.issuing import issue_due
from invoices.orders.confirming import begin_confirming
from invoices.orders.jobs import (
    end_unconfirmed_orders,
    end_unpaid_orders,
    mail_left_payments,
    remind_unpaid_orders,
)
from invoices.payments.jobs import reconcile_attempts, send_refunds
from invoices.withdrawals.acting import carry_out_withdrawals
from mail.sending import send_mails
from outside.last_calls import last_calls
from repairshop.aged_links import hide_links
from repairshop.faults import record, tell_faults
from repairshop.models import Heartbeat
from repairshop.sessions import forget_sessions
from store.bin import empty_bin
from store.imports.running import forget_imports
from store.page_cache.forgetting import forget_changes
from store.pictures.fetching import fetch_pictures
from store.pictures.kept import remove_abandoned_pictures
from store.pictures.refining import refine_pictures
from store.services import index_outdated

logger = logging.getLogger(__name__)

JOBS: list[Callable[[], int]] = [
    release_lapsed_holds,
    advance_waitlists,
    notify_waitlists,
    tell_wishes,
    delete_unused_rate_limits,
    reconcile_attempts,
    send_refunds,
    end_unconfirmed_orders,
    end_unpaid_orders,
    remind_unpaid_orders,
    mail_left_payments,
    carry_out_withdrawals,
    fill_drafts,
    issue_due,
    refine_pictures,
    index_outdated,
    match_countries,
    forget_sessions,
    forget_guesses,
    forget_waiting,
    retain,
    forget_imports,
    remove_abandoned_pictures,
    empty_bin,
    forget_changes,
    hide_links,
    tell_faults,
    # After the others: what they have written goes at once, and a slow mail server keeps none
    # waiting. Pictures write no mails, and wait for servers of strangers.
    send_mails,
    begin_confirming,
    fetch_pictures,
]
THREAD_NAME = "repairshop-timer"
SECONDS_TO_END = 5

_stop = threading.Event()
_thread: threading.Thread | None = None


class Round(NamedTuple):
    done: dict[str, int]
    error: str

    @property
    def tidied(self) -> int:
        return self.done.get(release_lapsed_holds.__name__, 0)


class Outcome(NamedTuple):
    """What a job did; `error` is a line about what failed, empty when nothing has."""

    done: int
    error: str = ""


def run_jobs() -> Round:
    """Run every job once; return how much each did, and a line per job that failed.

    A job that fails is logged and does not stop the rest.
    """
    done, errors = {}, []
    for job in JOBS:
        count, error = run_job(job)
        if error:
            errors.append(error)
        else:
            done[job.__name__] = count
    return Round(done, "\n".join(errors))


def run_job(job: Callable[[], int]) -> Outcome:
    try:
        # Neither a pause nor the job before may leave it a broken connection.
        close_old_connections()
        if count := job():
            logger.info("Timer job %s: %d", job.__name__, count)
        return Outcome(count)
    except Exception as failure:
        logger.exception("Timer job %s failed", job.__name__)
        record(failure, page=job.__name__)
        words = " ".join(str(failure).split())
        return Outcome(0, f"{job.__name__}: {type(failure).__name__}: {words}")


def jobs_by_name() -> dict[str, Callable[[], int]]:
    """The jobs by the names under which they wait in a queue and leave heartbeats."""
    return {job.__name__: job for job in JOBS}


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run_round(beat: Heartbeat) -> None:
    """One round: the jobs, then the heartbeat. Safe beside other processes doing the same."""
    if settings.TIMER_BY_TASKS:
        hand_over()
        return
    if beat.pk is None:
        # Left before the first round as well, so that one which never ends is missed.
        leave(beat)
    last = run_jobs()
    beat.tidied += last.tidied
    beat.failing = bool(last.error)
    if last.error:
        beat.last_error = last.error
        # Not the database's clock: it may be the database that is away.
        beat.last_error_at = timezone.now()
    leave(beat)


def hand_over() -> None:
    """A round with TIMER=tasks: jobs go into a queue, and leave heartbeats when they have run."""
    # The engine is installed for nobody else.
    from repairshop import tasks

    try:
        close_old_connections()
        tasks.enqueue_jobs()
    except Exception:
        # As below. That nothing runs, the heartbeats of the jobs tell.
        logger.exception("The timer could not enqueue its jobs")


def is_handed_over(name: str) -> bool:
    """Whether a heartbeat is that of a job, which is missed wherever it should have run."""
    return settings.TIMER_BY_TASKS and name in jobs_by_name()


def leave(beat: Heartbeat) -> None:
    """Write the heartbeat down, and forget those of processes that ended without a word."""
    try:
        close_old_connections()
        if beat.pk is None:
            # After a crash, a process that had the same number.
            Heartbeat.objects.filter(process=beat.process).delete()
        beat.beat_at, beat.outside = Now(), last_calls()
        beat.save()
        Heartbeat.objects.stale().delete()
        for other in Heartbeat.objects.on(socket.gethostname()).with_age():
            if other.is_late and not other.is_running_here:
                other.delete()
    except Exception:
        # Whatever it was, the thread must live to try again.
        logger.exception("The timer could not leave its heartbeat")


def forget(beat: Heartbeat) -> None:
    """Take the heartbeat away: its process is about to end, and nobody shall miss it."""
    try:
        close_old_connections()
        Heartbeat.objects.filter(process=beat.process).delete()
    except Exception:
        logger.exception("The timer could not take its heartbeat away")
    connections.close_all()


def loop(stop: threading.Event) -> None:
    """Run rounds every TIMER_SECONDS until `stop` is set."""
    beat = Heartbeat(process=process_name())
    while not stop.is_set():
        # While the shop is looked after nobody can pay, so nothing ends for not being paid.
        if not settings.MAINTENANCE:
            run_round(beat)
        stop.wait(settings.TIMER_SECONDS)
    forget(beat)


def start() -> None:
    """Start the thread of this process, unless it runs. Only a web process calls this."""
    global _stop, _thread
    if settings.TIMER and not (_thread and _thread.is_alive()):
        _stop = threading.Event()
        _thread = threading.Thread(target=loop, args=[_stop], name=THREAD_NAME, daemon=True)
        _thread.start()


# A worker that is recycled, a reload of runserver, a master that has forked: no false alarm.
@atexit.register
def stop() -> None:
    """End the thread of this process after the round it is in; a round that hangs is left."""
    _stop.set()
    if _thread and _thread.is_alive():
        _thread.join(SECONDS_TO_END)


def has_died() -> bool:
    """Whether the thread of this process has ended without being told to."""
    return bool(_thread and not _thread.is_alive() and not _stop.is_set())
