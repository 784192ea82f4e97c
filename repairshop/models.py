from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def within(self, age: timedelta) -> Self:
        """Heartbeats not older than `age`, by the database's clock."""
        return self.filter(beat_at__gt=Now() - age)

    def older_than(self, age: timedelta) -> Self:
        return self.filter(beat_at__lte=Now() - age)


class Heartbeat(models.Model):
    """When the timer of one process last completed a round."""

    process = models.CharField(_("process"), max_length=200, unique=True)
    beat_at = models.DateTimeField(_("last round"), db_default=Now())
    last_error = models.TextField(_("last error"), blank=True)

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("timer heartbeat")
        verbose_name_plural = _("timer heartbeats")
        ordering = ["-beat_at"]

    def __str__(self) -> str:
        return self.process
