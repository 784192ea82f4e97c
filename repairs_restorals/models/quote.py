from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.secrets import new_secret
from money.columns import AmountColumn, CurrencyColumn
from money.lines import HUNDREDTH, PricedLine
from money.rounding import rounded
from money.taxes import PERCENT, taxes_of
from repairs_restorals.exceptions import QuoteFrozen
from repairs_restorals.models.event import TicketEvent
from repairs_restorals.models.links import QuoteLinkMixin
from repairs_restorals.models.status import Status
from repairs_restorals.models.ticket import ServiceTicket

MAX_REOPENINGS = 2


class QuoteQuerySet(models.QuerySet["Quote"]):
    def shown(self) -> Self:
        """What the customer may see: everything that was ever sent."""
        return self.exclude(state=Quote.State.DRAFT)


class Quote(QuoteLinkMixin):
    """What the work would cost: a version, frozen when it is sent.

    All prices are gross. Of a ticket's versions one at most is a draft, and one at most
    waits for its answer; sending a newer one makes the older void.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        VOID = "void", _("replaced by a newer one")

    class Via(models.TextChoices):
        ACCOUNT = "account", _("in the account")
        LINK = "link", _("by the link in a mail")
        STAFF = "staff", _("at the counter or on the phone")
        LIMIT = "limit", _("within the go-ahead limit")

    ticket = models.ForeignKey(
        ServiceTicket, on_delete=models.CASCADE, related_name="quotes", verbose_name=_("ticket")
    )
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    intro = models.TextField(_("what we found and would do"), max_length=5000, blank=True)
    deposit = AmountColumn(
        _("deposit"),
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Asked for before the work begins."),
    )
    deposit_share = models.DecimalField(
        _("or a share of the total, in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(PERCENT)],
    )
    valid_until = models.DateField(_("valid until"))
    estimated_on = models.DateField(_("probably finished on"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("written by"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("decided by"),
    )
    decided_via = models.CharField(
        _("decided"), max_length=10, choices=Via, blank=True, editable=False
    )
    decided_from = models.CharField(
        _("from the network address"), max_length=45, blank=True, editable=False
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True, editable=False)
    # When the customer was told of the right to withdraw, with the mail that brought it.
    withdrawal_told_at = models.DateTimeField(null=True, editable=False)
    # When the customer asked us to begin before the time to withdraw is over.
    begin_wished_at = models.DateTimeField(
        _("to begin before the time to withdraw is over"), null=True, editable=False
    )

    currency = CurrencyColumn()

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "version"], name="quote_versions"),
            models.UniqueConstraint(
                fields=["ticket"], name="one_draft_quote_per_ticket", condition=Q(state="draft")
            ),
            models.UniqueConstraint(
                fields=["ticket"], name="one_open_quote_per_ticket", condition=Q(state="sent")
            ),
        ]

    def __str__(self) -> str:
        if not (self.version and self.ticket_id):
            return str(_("New quote"))
        name = _("Quote %(version)s for %(ticket)s")
        return str(name % {"version": self.version, "ticket": self.ticket.reference})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raise QuoteFrozen for one that was sent: from then on services alone move it."""
        with transaction.atomic():
            check_draft(self)
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Where whoever has the mail reads and answers it."""
        return reverse("repairs:quote", args=[self.link])

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines.all()), Decimal(0))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """The tax that is in the total, by rate in percent."""
        amounts = ((line.tax_rate, line.total) for line in self.lines.all())
        return taxes_of(amounts, self.currency)

    @property
    def deposit_due(self) -> Decimal:
        """The deposit as an amount, but never more than everything."""
        if self.deposit_share is not None:
            return rounded(self.total * self.deposit_share / PERCENT, self.currency)
        return min(rounded(self.deposit or Decimal(0), self.currency), self.total)

    @property
    def is_expired(self) -> bool:
        """Whether it can no longer be accepted, because its time is over."""
        return self.state == self.State.SENT and self.valid_until < timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted or declined now."""
        return self.state == self.State.SENT and not self.is_expired

    @property
    def can_reopen(self) -> bool:
        """Whether a "no" can be taken back: nothing has come of it yet, and the offer stands.

        Twice at most, for each of them mails the workshop and, with the next "no", the customer.
        """
        declined = self.state == self.State.DECLINED and self.ticket.status == Status.DECLINED
        if not declined or timezone.localdate() > self.valid_until:
            return False
        if self.ticket.quotes.shown().filter(version__gt=self.version).exists():
            return False
        reopened = {"kind": TicketEvent.Kind.REOPENED, "note": str(self.version)}
        return self.ticket.events.filter(**reopened).count() < MAX_REOPENINGS


class QuoteLine(PricedLine):
    """Hours of labour at a rate, or so many of a part at a price. Gross."""

    class Kind(models.TextChoices):
        LABOUR = "labour", _("labour, in hours")
        PART = "part", _("part or material")

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LABOUR)
    quantity = models.DecimalField(
        _("hours or number"),
        max_digits=7,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(HUNDREDTH)],
    )

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["pk"]

    @property
    def total(self) -> Decimal:
        return self.total_in(self.quote.currency)

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            check_draft(self.quote)
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            check_draft(self.quote)
            return super().delete(*args, **kwargs)


def check_draft(quote: Quote) -> None:
    """Raise QuoteFrozen when the row in the database was sent already; within a transaction.

    Whoever sends a quote has its ticket locked: a change waits here until that is done.
    """
    ServiceTicket.objects.select_for_update().filter(pk=quote.ticket_id).first()
    if quote.pk and Quote.objects.shown().filter(pk=quote.pk).exists():
        raise QuoteFrozen(quote)
