"""The currencies in which the shop shows prices besides its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from store.currency_rates import Rate


class CurrenciesMixin(models.Model):
    # Each as `Rate.row`, in the order in which pages show them.
    currency_rates = models.JSONField(
        _("further currencies"), default=list, db_default=[], blank=True
    )

    class Meta:
        abstract = True

    @property
    def rates(self) -> list[Rate]:
        return [Rate.of_row(row) for row in self.currency_rates]
