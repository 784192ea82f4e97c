from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from money.columns import AmountColumn
from money.rounding import rounded

HUNDREDTH = Decimal("0.01")


class PricedLine(models.Model):
    """So much of something at a price, gross, with the tax that is in it."""

    description = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=7,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(HUNDREDTH)],
    )
    price = AmountColumn(_("price of one"), validators=[MinValueValidator(Decimal(0))])
    tax_rate = models.DecimalField(
        _("tax, in percent"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description or str(_("New line"))

    @property
    def is_discount(self) -> bool:
        """Whether it takes from the total; so do all lines of a credit note."""
        return self.quantity < 0

    def total_in(self, currency: str) -> Decimal:
        """Rounded once for each line: sums are sums of what stands on the paper."""
        return rounded(self.quantity * self.price, currency)
