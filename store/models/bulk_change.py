from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class BulkChange(models.Model):
    """What many things were before they were changed together, so that it can be undone."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    made_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)
    # By the number of a thing: for each field that changed, what it was and what it became.
    fields = models.JSONField()

    class Meta:
        verbose_name = _("change of many things")
        # Whoever may change things may do so.
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}: {len(self.fields)}"
