import os
import socket
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

KEEP_FOR = timedelta(days=1)
ROUNDS_MISSED = 3


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def with_age(self) -> Self:
        """The latest first, each with its `age` by the database's clock."""
        age = ExpressionWrapper(Now() - F("beat_at"), output_field=models.DurationField())
        return self.annotate(age=age).order_by("age", "process")

    def stale(self) -> Self:
        """Those of processes that have ended long ago without a word."""
        return self.filter(beat_at__lte=Now() - KEEP_FOR)

    def recent(self) -> Self:
        return self.filter(beat_at__gt=Now() - KEEP_FOR)

    def on(self, host: str) -> Self:
        return self.filter(process__startswith=f"{host}:")


class Heartbeat(models.Model):
    """What the timer of one process last reported, and since when it has been running.

    With TIMER=tasks, what one of its jobs did when it last ran, wherever that was.
    """

    age: timedelta

    process = models.CharField(_("process"), max_length=200, unique=True)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    beat_at = models.DateTimeField(_("last round"), db_default=Now())
    # Defaults in the database, too: the version before this one writes rows during a deploy.
    tidied = models.PositiveIntegerField(_("holds tidied"), default=0, db_default=0)
    failing = models.BooleanField(_("last round failed"), default=False, db_default=False)
    last_error = models.TextField(_("last error"), blank=True)
    last_error_at = models.DateTimeField(_("time of the last error"), null=True, blank=True)
    # What came of its process's last calls (`outside.last_calls`) at that moment.
    outside = models.JSONField(null=True, editable=False)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("timer heartbeat")
        verbose_name_plural = _("timer heartbeats")
        ordering = ["-beat_at"]

    def __str__(self) -> str:
        return self.process

    @property
    def is_late(self) -> bool:
        return self.age > timedelta(seconds=ROUNDS_MISSED * settings.TIMER_SECONDS)

    @property
    def is_running_here(self) -> bool:
        """Whether its process is one of this machine that has not ended."""
        host, _colon, pid = self.process.rpartition(":")
        return host == socket.gethostname() and exists(int(pid))

    @property
    def is_of_job(self) -> bool:
        """Whether it is that of a job, as with TIMER=tasks, and not that of a process."""
        return ":" not in self.process

    @property
    def seconds_ago(self) -> int:
        return max(0, int(self.age.total_seconds()))

    @property
    def ago(self) -> str:
        """Such as "4 seconds ago", from two minutes on "3 hours, 5 minutes ago", then in days."""
        seconds = self.seconds_ago
        if seconds < 120:
            return ngettext("%d second ago", "%d seconds ago", seconds) % seconds
        # German says other words for days that are ago than Django does for how many they are.
        if days := self.age.days:
            return ngettext("%d day ago", "%d days ago", days) % days
        return _("%(time)s ago") % {"time": timesince(timezone.now() - self.age)}

    @property
    def kind_of_error(self) -> str:
        """`last_error` without the words of the errors, which may name what is secret."""
        kinds = (": ".join(line.split(": ")[:2]) for line in self.last_error.splitlines())
        return ", ".join(kinds)


class FaultQuerySet(models.QuerySet["Fault"]):
    def to_tell(self) -> Self:
        """Those that have happened since they were last mailed."""
        return self.filter(times__gt=F("mailed"))


class Fault(models.Model):
    """A place at which the program has failed, and how often. See `repairshop.faults`."""

    kind = models.CharField(_("what"), max_length=100, blank=True)
    place = models.CharField(_("where in the code"), max_length=200, blank=True)
    page = models.CharField(_("page or job"), max_length=100, blank=True)
    times = models.PositiveIntegerField(_("how often"), default=1, db_default=1)
    mailed = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    first_at = models.DateTimeField(_("for the first time"), db_default=Now())
    last_at = models.DateTimeField(_("for the last time"), db_default=Now())
    # As on the error page: it finds the lines of the log.
    request_id = models.CharField(_("number of the last request"), max_length=64, blank=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault of the program")
        verbose_name_plural = _("faults of the program")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "place", "page"], name="fault_of_one_place")
        ]

    def __str__(self) -> str:
        known = " · ".join(filter(None, [self.kind, self.place, self.page]))
        return known or str(_("other places"))

    @property
    def untold(self) -> int:
        """How often since it was last mailed."""
        return self.times - self.mailed


def exists(pid: int) -> bool:
    try:
        # Signal 0 is not sent; it only asks.
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # It runs under another user.
        return True
    return True
