from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from store.models import Item


class SavedItem(models.Model):
    """A thing that a customer wants to find again; a guest's are in the session."""

    # Without constraints in the database, the version before can delete what it knows.
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("saved thing")
        verbose_name_plural = _("saved things")
        constraints = [
            models.UniqueConstraint(fields=["customer", "item"], name="saved_once_by_a_customer")
        ]

    def __str__(self) -> str:
        return str(self.item)
