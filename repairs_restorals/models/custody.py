"""Where things of customers are, and what they are worth by their owners: a log of each ticket."""

from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from money.columns import AmountColumn, CurrencyColumn
from repairs_restorals.models.ticket import ServiceTicket


class CustodyQuerySet(models.QuerySet["Custody"]):
    def as_of(self, day: date) -> Self:
        """The last word about each thing at the end of a day, by the shop's clock."""
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        return self.last_of_each(at__lt=end)

    def last_of_each(self, **until: Any) -> Self:
        """The last word about each thing, of all or of those `until` then."""
        said = Custody.objects.filter(ticket=OuterRef("ticket"), **until)
        last = Subquery(said.order_by("-at", "-pk").values("pk")[:1])
        return self.filter(**until).alias(last=last).filter(pk=F("last"))

    def in_house(self) -> Self:
        return self.exclude(place="")


class Custody(models.Model):
    """That a thing was in a place from then on, or had left; it is added to, never changed."""

    ticket = models.ForeignKey(
        ServiceTicket, models.CASCADE, related_name="custody", verbose_name=_("ticket")
    )
    at = models.DateTimeField(_("since"), db_default=Now())
    # "" once it has left the house.
    place = models.CharField(_("where it is"), max_length=100, blank=True)
    value = AmountColumn(
        _("worth, by its owner"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = CurrencyColumn()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("whereabouts of a thing")
        verbose_name_plural = _("whereabouts of things")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["ticket", "at"], name="custody_of_ticket")]

    def __str__(self) -> str:
        return self.place or str(_("has left the house"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was said of a thing stays: say it anew.")
        super().save(*args, **kwargs)
