from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from invoices.models.invoice import Invoice
from money.filters import number
from money.lines import PricedLine
from store.models import Item, Piece
from store.taxes.lines import EXPORT


class InvoiceLine(PricedLine):
    """So much of something at a price, gross. In a credit note the quantity is negative."""

    class Unit(models.TextChoices):
        PIECE = "piece", _("pc.")
        HOUR = "hour", _("h")

    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, related_name="lines", verbose_name=_("invoice")
    )
    unit = models.CharField(
        _("unit"), max_length=10, choices=Unit, default=Unit.PIECE, db_default=Unit.PIECE
    )
    # Of the margin scheme the rate is that of the tax in the margin, shown to no customer.
    scheme = models.CharField(
        _("tax scheme"),
        max_length=10,
        choices=[*Item.TaxScheme.choices, (EXPORT, _("export, without VAT"))],
        default=Item.TaxScheme.STANDARD,
        db_default=Item.TaxScheme.STANDARD,
    )
    # Whose tax it is: the code of a member state, "" for the shop's own.
    tax_country = models.CharField(
        _("country of the tax"), max_length=2, blank=True, default="", db_default=""
    )
    piece = models.ForeignKey(
        Piece,
        on_delete=models.PROTECT,
        related_name="invoice_lines",
        null=True,
        blank=True,
        verbose_name=_("piece"),
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="corrections",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("takes back"),
    )

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["pk"]

    @property
    def total(self) -> Decimal:
        return self.total_in(self.invoice.currency)

    @property
    def takes_off(self) -> bool:
        """Whether it is a discount, or takes one back: that has a sum, and no number of things."""
        return self.is_discount != self.invoice.is_credit_note

    @property
    def so_many(self) -> str:
        """How many or how long, with the unit; "" of a discount."""
        if self.takes_off:
            return ""
        return f"{number(self.quantity)} {self.get_unit_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self.invoice.check_draft()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.invoice.check_draft()
            return super().delete(*args, **kwargs)
