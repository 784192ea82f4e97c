"""What customers have declared when they withdrew from a contract, and what became of it."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.secrets import new_secret
from money.columns import AmountColumn
from typed.languages import LanguageField, reverse_in
from typed.names import harmless
from typed.secret_links import without_secrets

LONGEST_CONTRACT = 300
# Article 13(1) of Directive 2011/83/EU: from the day on which the shop was informed.
REFUND_WITHIN = timedelta(days=14)


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def open(self) -> Self:
        """Those of which nobody has said yet that nothing is left to be done."""
        return self.filter(closed_at=None)

    def proven(self) -> Self:
        """Those which are known to come from whose contract it is."""
        return self.exclude(proven_by="")

    def asking(self, withdrawal: "Withdrawal") -> Self:
        """Those for which the mailbox of the same contract was asked and has not answered."""
        same = self.open().filter(order=withdrawal.order_id, ticket=withdrawal.ticket_id)
        return same.filter(proven_by="", asked_at__isnull=False).exclude(pk=withdrawal.pk)


class Withdrawal(models.Model):
    """A declaration word for word, with the time at which it came; neither is ever changed.

    Beside it stands which contract it is about, once somebody knows, by what we know that whoever
    declared it may, and when nothing was left to be done. Whoever has its secret address reads it.
    """

    class Proof(models.TextChoices):
        """By what we know that it comes from whose contract it is."""

        LINK = "link", _("the link in a mail about the contract")
        ACCOUNT = "account", _("the customer’s log-in")
        BROWSER = "browser", _("the browser that has ordered")
        MAILBOX = "mailbox", _("a link mailed to the contract’s address")
        STAFF = "staff", _("somebody of the shop")

    class Answer(models.TextChoices):
        """How it ended."""

        DONE = "done", _("carried out")
        TWICE = "twice", _("the same was declared before")
        LATE = "late", _("the time to withdraw was over")
        EXEMPT = "exempt", _("there was no right to withdraw from this")
        STRANGER = "stranger", _("it does not come from whose contract it is")
        NO_CONTRACT = "nothing", _("there is no such contract")

    class Seal(models.TextChoices):
        """How the seal of a sealed thing was found when it came back."""

        WHOLE = "whole", _("whole")
        BROKEN = "broken", _("broken")

    # What was declared, and when. Nothing of it changes.
    DECLARED: ClassVar[list[str]] = ["name", "contract", "things", "email", "declared_at"]

    secret = models.CharField(max_length=32, unique=True, default=new_secret, editable=False)
    # Which sending of the form this was: a second click finds the first.
    idempotency_key = models.CharField(max_length=32, unique=True, default=new_secret)
    name = models.CharField(_("name"), max_length=150)
    contract = models.CharField(_("contract"), max_length=LONGEST_CONTRACT)
    things = models.TextField(_("of which things"), blank=True)
    email = models.EmailField(_("where the confirmation goes"), max_length=254)
    declared_at = models.DateTimeField(_("declared"), db_default=Now())
    site = models.CharField(max_length=300)
    language = LanguageField()

    order = models.ForeignKey(
        "store.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawals",
        verbose_name=_("order"),
    )
    ticket = models.ForeignKey(
        "repairs_restorals.ServiceTicket",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawals",
        verbose_name=_("ticket"),
    )
    # Which things of the order; none stands for all of them.
    lines = models.ManyToManyField(
        "store.OrderLine", blank=True, related_name="withdrawals", verbose_name=_("things")
    )
    proven_by = models.CharField(_("known by"), max_length=10, choices=Proof, blank=True)
    proven_at = models.DateTimeField(_("known since"), null=True, blank=True)
    # Whether its receipt was mailed: of a great many, only the page is there.
    is_receipt_mailed = models.BooleanField(default=True, db_default=True, editable=False)
    # When the contract's mailbox was asked.
    asked_at = models.DateTimeField(_("mailbox asked"), null=True, blank=True)
    # When somebody of the shop said that it is theirs who may not do what follows: a manager does.
    vouched_at = models.DateTimeField(_("said to be theirs"), null=True, blank=True)
    # When the things, or a proof that they were sent, came back.
    returned_at = models.DateTimeField(_("came back"), null=True, blank=True)
    # Of sealed things: once they are here.
    seal = models.CharField(
        _("seal"), max_length=10, choices=Seal, blank=True, default="", db_default=""
    )
    # Of a repair that had begun: what is owed for the part done, and when that was billed.
    owed = AmountColumn(_("owed for the part that is done"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # When somebody or the timer last tried to carry it out.
    tried_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("done with", "closed"), null=True, blank=True)
    answer = models.CharField(_("how it ended"), max_length=10, choices=Answer, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handled by"),
    )

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="withdrawal_of_one_contract", condition=Q(order=None) | Q(ticket=None)
            ),
        ]
        indexes = [
            models.Index("declared_at", condition=Q(closed_at=None), name="withdrawal_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.contract_words}" if self.name else str(_("New withdrawal"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a declaration once; afterwards only what became of it, by `update_fields`."""
        changed = {*(kwargs.get("update_fields") or self.DECLARED)} & {*self.DECLARED}
        if changed and not self._state.adding:
            raise TypeError(f"What was declared stays: {sorted(changed)}")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse_in(self.language, "invoices:withdrawal", self.secret)

    @property
    def contract_words(self) -> str:
        """As it was declared, but without what a link in it opens."""
        return without_secrets(self.contract)

    @property
    def mailed_name(self) -> str:
        return harmless(self.name, 60)

    @property
    def mailed_contract(self) -> str:
        """Words that a stranger may have had mailed to anybody; the page has them as they were."""
        return harmless(self.contract, LONGEST_CONTRACT if self.is_proven else 100)

    @property
    def declared_words(self) -> str:
        """Date and time to the second, with the zone: two hours of a night may read the same."""
        at = timezone.localtime(self.declared_at)
        return f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M:%S %Z} (UTC{at:%z})"

    @property
    def is_proven(self) -> bool:
        return bool(self.proven_by)

    @property
    def refund_due_at(self) -> Any:
        """Until when the money is to be back, if it does not wait for the things."""
        return self.declared_at + REFUND_WITHIN
