"""Limits on how much one visitor may hold, holds as staff see them, and what visitors ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bag.asked.models import ShippingRequest
from bag.saved.models import SavedItem
from bag.waitlist.models import MailOptOut, WaitlistEntry
from bag.wishes.models import Wish
from store.models import Piece

__all__ = [
    "Hold",
    "MailOptOut",
    "RateLimit",
    "SavedItem",
    "ShippingRequest",
    "WaitlistEntry",
    "Wish",
]


class RateLimit(models.Model):
    """How much a visitor has used up of what is allowed in an hour: a leaky bucket.

    Each hold moves `used_until` on by its share of the hour, from now at the earliest. A
    visitor whose `used_until` is a whole hour ahead has nothing left.
    """

    holder = models.CharField(max_length=80, primary_key=True)
    used_until = models.DateTimeField()

    class Meta:
        db_table = "bag_allowance"
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.holder


class Hold(Piece):
    """A piece that is held now, as staff see it."""

    class Meta:
        proxy = True
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["held_until"]

    @property
    def version(self) -> str:
        """What tells this hold from a later one of the same piece."""
        return f"{self.pk} {self.held_since}"
