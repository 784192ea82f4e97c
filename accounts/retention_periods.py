"""How long the owner has each kind of data kept, where it is not what the program suggests."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# So long the timer may need for what has piled up, before staff are told.
BEHIND_FOR = timedelta(days=1)


class PeriodQuerySet(models.QuerySet["RetentionPeriod"]):
    def behind(self) -> Self:
        """Kinds of which there has been more than the timer could take away for a day."""
        return self.filter(behind_since__lt=Now() - BEHIND_FOR)


class RetentionPeriod(models.Model):
    """A kind of data by the name of its `accounts.retention.Rule`, and how far the timer is."""

    kind = models.CharField(_("kind of data"), max_length=40, primary_key=True)
    # In the unit of its rule; None is what the rule suggests.
    length = models.PositiveIntegerField(_("kept for"), null=True)
    # When the timer last looked, and since when it has found more than it could take at once.
    checked_at = models.DateTimeField(null=True, editable=False)
    behind_since = models.DateTimeField(null=True, editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("how long data is kept")
        verbose_name_plural = _("how long data is kept")

    def __str__(self) -> str:
        return self.kind
