"""Payments by card: attempts to pay, refunds, and the events that Stripe sends about them."""

import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from invoices.models.invoice import Invoice
from money.columns import AmountColumn

# Stripe's shortest is 30 minutes, counted from when it hears of it; the rest is for getting there.
SESSION_LIFE = timedelta(minutes=33)
ASK_AGAIN_AFTER = timedelta(seconds=45)
# Longer than all calls about one refund may take: nobody else asks for it meanwhile.
REFUND_AGAIN_AFTER = timedelta(minutes=2)


def new_key() -> str:
    return secrets.token_urlsafe(24)


def sum_of_amounts(rows: models.QuerySet[Any]) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


class PaymentAttemptQuerySet(models.QuerySet["PaymentAttempt"]):
    def live(self) -> Self:
        """Attempts whose pay page may still lead to money."""
        return self.filter(state__in=PaymentAttempt.LIVE)

    def to_ask_about(self) -> Self:
        """Live attempts of which nothing was heard for a while: their event may never come."""
        return self.live().filter(checked_at__lte=Now() - ASK_AGAIN_AFTER)

    def promised(self) -> Decimal:
        """What is on its way back of all of them, and in our books still."""
        return Refund.objects.filter(attempt__in=self).promised().total()

    def refused(self) -> Decimal:
        """What Stripe will not send back of all of them."""
        failed = Refund.objects.filter(attempt__in=self, state=Refund.State.FAILED)
        return failed.total()


class PaymentAttempt(models.Model):
    """One Stripe Checkout session, from before it is asked for.

    Changed by `invoices.payments.card` only. An invoice has one live attempt at most: two tabs
    and a hundred clicks lead to one pay page.
    """

    class State(models.TextChoices):
        STARTED = "started", _("asked for")
        OPEN = "open", _("waiting for the customer")
        PAID = "paid", _("paid")
        EXPIRED = "expired", _("closed without payment")
        FAILED = "failed", _("refused by Stripe")

    LIVE = [State.STARTED, State.OPEN]

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("invoice")
    )
    amount = AmountColumn(_("amount"))
    idempotency_key = models.CharField(
        max_length=64, unique=True, default=new_key, editable=False, db_column="key"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STARTED)
    session_id = models.CharField(  # noqa: DJ001
        _("session"), max_length=200, unique=True, null=True, editable=False
    )
    payment_intent = models.CharField(
        _("payment at Stripe"), max_length=200, blank=True, db_index=True, editable=False
    )
    url = models.TextField(blank=True, editable=False)
    # Where the customer comes back to. Under one key Stripe wants it to be the same each time.
    site = models.CharField(max_length=300, blank=True, editable=False)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    expires_at = models.DateTimeField(_("ends"))
    checked_at = models.DateTimeField(_("last asked about"), db_default=Now())
    # Grows with every change: an answer of Stripe that was asked for before one is out of date.
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = PaymentAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("card payment")
        verbose_name_plural = _("card payments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                name="one_live_attempt_per_invoice",
                condition=Q(state__in=["started", "open"]),
            ),
            models.CheckConstraint(name="attempt_for_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} #{self.pk}" if self.pk else str(_("New card payment"))

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    def booked(self, reference: str | None = None) -> Decimal:
        """What our books say came of it, in all or under one of Stripe's references."""
        payments = self.payments.all()
        if reference is not None:
            payments = payments.filter(reference=reference)
        return sum_of_amounts(payments)

    @property
    def refundable(self) -> Decimal:
        """What of its money is neither back nor on its way back."""
        return self.booked() - self.refunds.promised().total()


class RefundQuerySet(models.QuerySet["Refund"]):
    def to_send(self) -> Self:
        """Refunds that Stripe is to be asked for, and that nobody is asking for now."""
        rested = Q(tried_at=None) | Q(tried_at__lte=Now() - REFUND_AGAIN_AFTER)
        return self.filter(rested, state=Refund.State.PENDING)

    def promised(self) -> Self:
        """Refunds whose money our books still have: to be sent, or sent and not booked yet."""
        booked = PaymentAttempt.objects.filter(
            pk=OuterRef("attempt"), payments__reference=OuterRef("stripe_id")
        )
        sent = Q(state=Refund.State.SENT) & ~Exists(booked)
        return self.filter(Q(state=Refund.State.PENDING) | sent)

    def total(self) -> Decimal:
        return sum_of_amounts(self)


class Refund(models.Model):
    """Money that shall go back to a card. Written down before Stripe is asked for it."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("refused by Stripe")

    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.PROTECT,
        related_name="refunds",
        verbose_name=_("card payment"),
    )
    amount = AmountColumn(_("amount"))
    idempotency_key = models.CharField(
        max_length=64, unique=True, default=new_key, editable=False, db_column="key"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    stripe_id = models.CharField(_("refund at Stripe"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("asked for by"),
    )
    at = models.DateTimeField(_("when"), db_default=Now())
    tried_at = models.DateTimeField(_("last tried"), null=True, editable=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="refund_of_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.amount}" if self.pk else str(_("New refund"))


class StripeEvent(models.Model):
    """A signed event that has been acted on; another one of the same id changes nothing."""

    id = models.CharField(primary_key=True, max_length=200)
    type = models.CharField(_("what"), max_length=100)
    attempt = models.ForeignKey(
        PaymentAttempt,
        on_delete=models.CASCADE,
        related_name="stripe_events",
        null=True,
        verbose_name=_("card payment"),
    )
    received_at = models.DateTimeField(_("received"), db_default=Now())

    class Meta:
        verbose_name = _("event from Stripe")
        verbose_name_plural = _("events from Stripe")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.type} {self.id}".strip() or str(_("New event"))
