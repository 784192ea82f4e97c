"""What can be said from outside about the timers, for `/healthz` and the admin's front page."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outside.last_calls import LastCall, last_calls
from repairshop import timer
from repairshop.models import Heartbeat

logger = logging.getLogger(__name__)
# By the name of a service: what strangers read when its last call failed.
SILENT = {
    "S3": gettext_lazy("The storage of pictures does not answer."),
    "Stripe": gettext_lazy("Card payments do not answer."),
    "SMTP": gettext_lazy("The mail server does not answer."),
}
# Older failures say nothing about now.
TOLD_FOR_SECONDS = 600


class Health(NamedTuple):
    """`problem` is one sentence for staff; empty when the shop is well.

    `part` tells strangers what fails, without names of processes and errors. Services that are
    `silent` leave the shop well: it serves without them.
    """

    timers: list[Heartbeat]
    problem: str = ""
    part: str = ""
    silent: Mapping[str, LastCall] = {}

    def told(self, problem: str) -> str:
        """All that is wrong, in a line."""
        return " ".join(filter(None, [problem, *(str(SILENT[name]) for name in self.silent)]))


def check_health() -> Health:
    """Ask what the timers have left in the database, in one query.

    Listed are those that ran lately, and late ones whose process still runs on this
    machine. A late one of another machine is for the health check there: seen from
    here, a machine that is gone and a timer that hangs are the same. With TIMER=tasks
    each job has its heartbeat, and a late one is for everybody.
    """
    try:
        beats = list(Heartbeat.objects.recent().with_age())
    except Error:
        logger.exception("The health check cannot reach the database")
        away = _("The database does not answer.")
        return Health([], away, away, silent_services([]))
    timers = [
        beat
        for beat in beats
        if not beat.is_late or beat.is_running_here or timer.is_handed_over(beat.process)
    ]
    return Health(timers, *problem_of(beats, timers), silent_services(beats))


def problem_of(beats: list[Heartbeat], timers: list[Heartbeat]) -> tuple[str, str]:
    """What is said to staff, and what to strangers."""
    if timer.has_died():
        died = _("The timer of %(process)s has died.") % {"process": timer.process_name()}
        return died, _("A timer has died.")
    if problem := problem_of_all(beats):
        return problem, problem
    return problem_of_one(timers)


def silent_services(beats: list[Heartbeat]) -> dict[str, LastCall]:
    """Services whose last call failed, of all processes' last calls; no service is asked."""
    calls = [*last_calls().items()]
    for beat in beats:
        for name, (error, seconds) in (beat.outside or {}).items():
            calls.append((name, LastCall(error, seconds + beat.age.total_seconds())))
    # The latest of each comes last, and stays.
    latest = dict(sorted(calls, key=lambda call: -call[1].seconds_ago))
    return {
        name: latest[name]
        for name in SILENT
        if name in latest and latest[name].error and latest[name].seconds_ago < TOLD_FOR_SECONDS
    }


def problem_of_all(beats: list[Heartbeat]) -> str:
    """Why the shop has no timer at all.

    With TIMER=off this process has none of its own and misses none, until a process
    with one, such as `release_holds --loop`, was there and fell silent.
    """
    if beats and beats[0].is_late:
        return _("The timer last ran %(ago)s.") % {"ago": beats[0].ago}
    if settings.TIMER and not beats:
        return _("The timer has not run yet.")
    return ""


def problem_of_one(timers: list[Heartbeat]) -> tuple[str, str]:
    """What is said to staff, and what to strangers."""
    for beat in timers:
        if beat.is_late:
            whole = _("The timer of %(process)s last ran %(ago)s.")
            part = _("A timer last ran %(ago)s.")
            return whole % {"process": beat.process, "ago": beat.ago}, part % {"ago": beat.ago}
        if beat.failing:
            whole = _("The last round of %(process)s failed: %(errors)s.")
            named = whole % {"process": beat.process, "errors": beat.kind_of_error}
            return named, _("The last round of a timer failed.")
    return "", ""
