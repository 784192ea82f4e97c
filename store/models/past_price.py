"""The prices of before, for the reductions that are announced: Article 6a of Directive 98/6/EC."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from money.columns import PriceColumn


class PastPrice(models.Model):
    """A price that a published thing had until a moment; the database itself writes it down."""

    item = models.ForeignKey("store.Item", on_delete=models.CASCADE, related_name="past_prices")
    price = PriceColumn(_("price"))
    until = models.DateTimeField(_("until"), db_default=Now())

    class Meta:
        verbose_name = _("past price")
        verbose_name_plural = _("past prices")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.price)


class ReductionMixin(models.Model):
    """A reduction that is announced; it ends by itself when the price is another than it was for.

    `reduced_from` is the lowest price of the 30 days before, never another one.
    """

    reduced_from = PriceColumn(null=True, editable=False)
    reduced_to = PriceColumn(null=True, editable=False)

    class Meta:
        abstract = True

    price: Decimal

    @property
    def is_reduced(self) -> bool:
        if self.reduced_from is None or self.reduced_to != self.price:
            return False
        return self.price < self.reduced_from
