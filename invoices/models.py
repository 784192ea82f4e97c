from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from store.models import Order


class Invoice(models.Model):
    """The invoice of an order. A draft has no number; its amounts are those of the order."""

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, related_name="invoice", verbose_name=_("order")
    )
    number = models.CharField(
        _("number"), max_length=30, unique=True, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number or f"{_('Draft')} {self.order.reference}"

    @property
    def total(self) -> Decimal:
        """Gross, in the shop's currency."""
        return self.order.total
