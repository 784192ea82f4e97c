"""What the shop says about VAT by the country that it sends to."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from store.taxes.rates import LOOKED_AT_FOR, DestinationRate


class DestinationTaxesMixin(models.Model):
    tax_by_destination = models.BooleanField(
        _("VAT by the country we send to (One-Stop Shop)"),
        default=False,
        db_default=False,
        help_text=_(
            "Consumers in other countries of the EU pay the VAT of theirs: the price stays, the "
            "tax in it changes. Not of things by the margin scheme, nor of what is collected."
        ),
    )
    # Each as `DestinationRate.row`; none is in it that nobody has confirmed.
    destination_rates = models.JSONField(
        _("VAT rates of other countries"), default=list, db_default=[], blank=True
    )

    class Meta:
        abstract = True

    @property
    def confirmed_rates(self) -> dict[str, DestinationRate]:
        rates = map(DestinationRate.of_row, self.destination_rates)
        return {rate.country: rate for rate in rates}

    @property
    def rates_are_looked_at(self) -> bool:
        """Whether nobody has to look whether the rates of other countries are right still."""
        oldest = min((rate.day for rate in self.confirmed_rates.values()), default=None)
        is_old = oldest is not None and oldest + LOOKED_AT_FOR < timezone.localdate()
        return not (self.tax_by_destination and is_old)
