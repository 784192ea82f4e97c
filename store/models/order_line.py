from django.db import models
from django.utils.translation import gettext_lazy as _

from money.columns import AmountColumn
from store.models.legal_nature import Nature, TaxScheme
from store.models.order import Order
from store.models.withdrawal_rights import WithdrawalException


class OrderLine(models.Model):
    """One piece of an order, with title and prices as they were when it was ordered."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    piece = models.ForeignKey(
        "store.Piece", on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("piece")
    )
    title = models.CharField(_("title"), max_length=200)
    price = AmountColumn(_("price"))
    shipping = AmountColumn(_("shipping"), max_digits=9)
    # The hold that the order took over: who comes back from paying has what is left of it.
    held_since = models.DateTimeField(null=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    renewals = models.PositiveSmallIntegerField(db_default=0, editable=False)
    # As it was for the item when it was ordered.
    withdrawal_exception = models.CharField(
        max_length=10,
        choices=WithdrawalException,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    # As what it was sold, likewise.
    nature = models.CharField(
        max_length=12, choices=Nature, blank=True, default="", db_default="", editable=False
    )
    # Its tax as it was when it was ordered; None of what a version before has written. In percent,
    # of which country ("" is the shop's), and whether staff have said that it is an export.
    tax_scheme = models.CharField(
        max_length=10, choices=TaxScheme, blank=True, default="", db_default="", editable=False
    )
    tax_rate = models.DecimalField(max_digits=4, decimal_places=2, null=True, editable=False)
    tax_country = models.CharField(
        max_length=2, blank=True, default="", db_default="", editable=False
    )
    is_export = models.BooleanField(default=False, db_default=False, editable=False)
    # When it was taken off an order that was not billed yet: it counts in no total.
    dropped_at = models.DateTimeField(null=True, editable=False)
    # When its whole price was taken back by credit note; shipping may be kept.
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "piece"], name="piece_once_per_order"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_gone(self) -> bool:
        """Whether it belongs to the order no more."""
        return bool(self.dropped_at or self.taken_back_at)
