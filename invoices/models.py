from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from repairs_restorals.models import ServiceTicket
from repairs_restorals.models.quote import CENT, rounded, taxes_of
from store.models import Order


class Invoice(models.Model):
    """What is to be paid for an order or for a ticket; each has exactly one. Drafts have no number.

    The amounts of an order's draft are those of the order. The draft of a ticket has lines of its
    own, which `billing.bill_quote` writes.
    """

    order = models.OneToOneField(
        Order,
        on_delete=models.PROTECT,
        related_name="invoice",
        null=True,
        blank=True,
        verbose_name=_("order"),
    )
    ticket = models.OneToOneField(
        ServiceTicket,
        on_delete=models.PROTECT,
        related_name="invoice",
        null=True,
        blank=True,
        verbose_name=_("ticket"),
    )
    number = models.CharField(
        _("number"), max_length=30, unique=True, null=True, blank=True, editable=False
    )
    deposit = models.DecimalField(
        _("deposit"),
        max_digits=10,
        decimal_places=2,
        default=Decimal(0),
        # Also for a web process of the version before, which does not know it.
        db_default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Asked for before the work begins."),
    )
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="invoice_of_an_order_or_a_ticket",
                condition=Q(order=None, ticket__isnull=False) | Q(order__isnull=False, ticket=None),
            ),
        ]

    def __str__(self) -> str:
        return (
            self.number or f"{_('Draft')} {self.subject.reference if self.subject else ''}".strip()
        )

    @property
    def subject(self) -> Order | ServiceTicket | None:
        """What it is for; None only before it is saved."""
        return self.order or self.ticket

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def total(self) -> Decimal:
        """Gross, in the shop's currency."""
        if self.order:
            return self.order.total
        if self.pk is None:
            return Decimal(0)
        return sum((line.total for line in self.lines.all()), Decimal(0))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """The tax in the lines of a workshop invoice, by rate in percent."""
        return taxes_of((line.tax_rate, line.total) for line in self.lines.all())


class InvoiceLine(models.Model):
    """So much of something at a price, gross. Only workshop invoices have lines of their own."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, related_name="lines", verbose_name=_("invoice")
    )
    description = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=7,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(CENT)],
    )
    price = models.DecimalField(
        _("price of one"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
    )
    tax_rate = models.DecimalField(
        _("tax, in percent"),
        max_digits=4,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
    )

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.description or str(_("New line"))

    @property
    def total(self) -> Decimal:
        return rounded(self.quantity * self.price)
