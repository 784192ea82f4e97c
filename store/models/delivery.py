"""What the shop says about sending things."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryMixin(models.Model):
    days_to_send = models.PositiveSmallIntegerField(
        _("days until something is sent or laid ready"),
        default=3,
        db_default=3,
        validators=[MaxValueValidator(90)],
        help_text=_("After it was paid. Pages say it, with the days of the parcel."),
    )
    days_to_deliver = models.PositiveSmallIntegerField(
        _("days that a parcel takes at most"),
        default=10,
        db_default=10,
        validators=[MaxValueValidator(90)],
        help_text=_("The time to withdraw is counted from then: nobody tells us when it arrived."),
    )
    shipping_by_zones = models.BooleanField(
        _("shipping by zones"),
        default=False,
        db_default=False,
        help_text=_(
            "The shipping zones say where we send things, and for what. Otherwise each thing goes "
            "to any country, for its own price."
        ),
    )

    class Meta:
        abstract = True

    @property
    def days_to_arrive(self) -> int:
        """So many days after it was paid, at most, somebody has what is sent."""
        return self.days_to_send + self.days_to_deliver
