from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def age_of_last(self) -> timedelta | None:
        """How long ago any process completed a round, by the database's clock."""
        age = ExpressionWrapper(Now() - F("beat_at"), output_field=models.DurationField())
        return self.annotate(age=age).order_by("age").values_list("age", flat=True).first()

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
