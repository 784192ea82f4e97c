"""The close of a day: what came in since the one before, and what was in the drawer."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.secrets import new_secret
from money.columns import AmountColumn, CurrencyColumn


class DayClose(models.Model):
    """Covers each payment and each movement of cash since the close before: no other one does.

    Numbered without gaps, and never changed or deleted, as the database itself sees to. The
    figures are those of the moment at which somebody signed them, and so is the PDF.
    """

    # In the order of the words in which the drawer is counted up.
    AMOUNTS: ClassVar[list[str]] = ["opening", "cash", "paid_in", "paid_out", "counted"]

    number = models.PositiveIntegerField(_("number"), unique=True)
    day = models.DateField(_("day"))
    at = models.DateTimeField(pgettext_lazy("done with", "closed"))
    # When the one before was made; None of the first.
    since = models.DateTimeField(_("since"), null=True)
    currency = CurrencyColumn()
    opening = AmountColumn(_("in the drawer to begin with"), validators=[MinValueValidator(0)])
    # Of sales, less what went back.
    cash = AmountColumn(_("taken in cash"))
    paid_in = AmountColumn(_("put in"))
    paid_out = AmountColumn(_("taken out"))
    counted = AmountColumn(_("counted"), validators=[MinValueValidator(0)])
    # What came and went by each way of payment and currency: `figures.Taking`, as text.
    takings = models.JSONField(_("takings"))
    note = models.TextField(_("note"), max_length=1000, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=150)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account")
    )
    # As it was signed: one rendered later would follow the templates and fonts of its day.
    pdf = models.BinaryField(_("PDF"))
    idempotency_key = models.CharField(max_length=32, unique=True, default=new_secret)

    class Meta:
        verbose_name = _("day close")
        verbose_name_plural = _("day closes")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(_("Day close %d") % self.number if self.number else _("New day close"))

    @property
    def expected(self) -> Decimal:
        """What is in the drawer if nothing is missing and nothing too much."""
        return self.opening + self.cash + self.paid_in - self.paid_out

    @property
    def difference(self) -> Decimal:
        """What is too much, or (negative) missing."""
        return self.counted - self.expected

    @property
    def file_name(self) -> str:
        return f"day-close-{self.number:04}.pdf"


class CashMovement(models.Model):
    """Cash put into the drawer, or (negative) taken out of it, that is no payment of an invoice.

    Only ever added, as payments are: a mistake is countered.
    """

    amount = AmountColumn(_("amount"))
    currency = CurrencyColumn()
    reason = models.CharField(_("what for"), max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded"), db_default=Now())
    idempotency_key = models.CharField(max_length=32, unique=True, default=new_secret)
    close = models.ForeignKey(
        DayClose, models.PROTECT, null=True, editable=False, related_name="movements"
    )

    class Meta:
        verbose_name = _("movement of cash")
        verbose_name_plural = _("movements of cash")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="movement_is_not_nothing", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return self.reason or str(_("New movement of cash"))

    @property
    def who(self) -> str:
        return self.actor.name or self.actor.email
