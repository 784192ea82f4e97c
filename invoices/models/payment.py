from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.models.day_close import DayClose
from invoices.models.invoice import Invoice
from money.columns import AmountColumn, CurrencyColumn
from store.models.event import Event

# How Stripe's ids of disputes begin.
DISPUTE_PREFIXES = ("dp_", "du_")


class PaymentQuerySet(models.QuerySet["Payment"]):
    def entered_as(self, idempotency_key: str | None) -> "Payment | None":
        """What this sending of a form has led to already."""
        return self.filter(idempotency_key=idempotency_key).first() if idempotency_key else None

    def to_be_closed(self) -> Self:
        """Payments that no day close covers yet."""
        return self.filter(to_close=True)

    def cash_left_over(self) -> Self:
        """Cash of a day that is over, which nobody has closed."""
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return self.to_be_closed().filter(method=Payment.Method.CASH, at__lt=midnight)


class Payment(models.Model):
    """Money that came in, or went back (negative). Only ever added: a mistake is countered.

    Of card payments `reference` is what Stripe calls it: the payment, a refund, a dispute.
    What is booked under one reference adds up to what Stripe says about it.
    """

    class Method(models.TextChoices):
        CARD = "card", _("card, online")
        TERMINAL = "terminal", _("card, at the shop")
        TRANSFER = "transfer", _("bank transfer")
        CASH = "cash", _("cash")

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="payments", verbose_name=_("invoice")
    )
    amount = AmountColumn(_("amount"))
    currency = CurrencyColumn()
    method = models.CharField(_("how"), max_length=10, choices=Method)
    received_on = models.DateField(_("date"))
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    attempt = models.ForeignKey(
        "invoices.PaymentAttempt",
        on_delete=models.PROTECT,
        related_name="payments",
        null=True,
        editable=False,
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    # Which sending of the form this was: a second click records nothing more.
    idempotency_key = models.CharField(  # noqa: DJ001
        max_length=64, unique=True, null=True, editable=False, db_column="submission"
    )

    # The day close that covers it. What came in before there were closes waits for none.
    close = models.ForeignKey(
        DayClose, models.PROTECT, null=True, editable=False, related_name="payments"
    )
    to_close = models.BooleanField(db_default=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["at"], name="payment_to_close", condition=Q(to_close=True)),
        ]
        constraints = [
            models.CheckConstraint(name="payment_is_not_nothing", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="payment_closed_once", condition=Q(close=None) | Q(to_close=False)
            ),
        ]

    def __str__(self) -> str:
        if not self.pk:
            return str(_("New payment"))
        return f"{self.get_method_display()} {self.received_on}"

    @property
    def is_dispute(self) -> bool:
        return self.reference.startswith(DISPUTE_PREFIXES)

    @property
    def is_card_payment(self) -> bool:
        """Whether it is what a card paid; not what went back since, or came back once more."""
        return self.attempt is not None and self.reference == self.attempt.payment_intent

    @property
    def is_refund(self) -> bool:
        return self.amount < 0


class InvoiceEvent(Event):
    """Who did what with an invoice, when. Written with it, never changed."""

    class Kind(models.TextChoices):
        BILLED = "billed", _("lines written")
        ISSUED = "issued", _("issued")
        PAID = "paid", _("payment recorded")
        REFUNDED = "refunded", _("money sent back")
        CREDITED = "credited", _("credit note issued")
        REMINDED = "reminded", _("reminder sent")
        MAILED = "mailed", _("mailed again")

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=300, blank=True)

    def __str__(self) -> str:
        return str(self.get_kind_display() or _("New event"))
