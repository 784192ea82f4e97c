from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.secrets import new_secret
from invoices.exceptions import InvoiceFrozen
from invoices.models.invoice_link import InvoiceLinkMixin
from invoices.models.invoice_queries import (
    AGREED,
    FINISHED,
    NOTHING,
    InvoiceQuerySet,
    InvoiceState,
)
from money.columns import AmountColumn, CurrencyColumn
from money.currency import shop_currency
from money.rounding import rounded
from money.taxes import taxes_of
from repairs_restorals.models import ServiceTicket, Status
from store.models import Item, Order
from typed.languages import known, reverse_in


class Invoice(InvoiceLinkMixin, models.Model):
    """What is to be paid for an order or for a ticket; each has exactly one. Drafts have no number.

    A credit note is an invoice that corrects another: with a number of its own and lines of
    negative quantity, which count towards the other's balance. Once it has a number, neither an
    invoice nor its lines are ever changed or deleted: this class and the database refuse it.

    All amounts are gross, in its `currency`. `total` is written with the lines, by
    `drafts.write_lines` alone.
    """

    State = InvoiceState

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
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="credit_notes",
        null=True,
        blank=True,
        verbose_name=_("corrects"),
    )
    # None only in rows that a web process of the version before wrote during a deploy, until
    # lines are written or a number is taken.
    secret = models.CharField(  # noqa: DJ001
        max_length=32, unique=True, null=True, default=new_secret, editable=False
    )
    number = models.CharField(
        _("number"), max_length=30, unique=True, null=True, blank=True, editable=False
    )
    issued_at = models.DateTimeField(_("issued"), null=True, editable=False)
    due_on = models.DateField(_("to be paid by"), null=True, editable=False)
    total = AmountColumn(_("total"), max_digits=13, default=NOTHING, db_default=NOTHING)
    deposit = AmountColumn(
        _("deposit"),
        default=NOTHING,
        # Also for a web process of the version before, which does not know it.
        db_default=NOTHING,
        validators=[MinValueValidator(NOTHING)],
        help_text=_("Asked for before the work begins."),
    )
    currency = CurrencyColumn()
    # Seller, buyer and texts as they were when it was issued; see `issuing.snapshot_of`.
    snapshot = models.JSONField(default=dict, db_default={}, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, db_default="")
    # Where links in mails lead, such as "https://example.com": a timer has no request to ask.
    site = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)

    objects = InvoiceQuerySet.as_manager()

    balance_due: Decimal  # annotated by with_balance()
    left: Decimal  # annotated by with_state(), as `left_of_total`
    current_state: str  # annotated by with_state()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="invoice_of_one_subject",
                condition=Q(order__isnull=False, ticket=None, corrects=None)
                | Q(order=None, ticket__isnull=False, corrects=None)
                | Q(order=None, ticket=None, corrects__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_numbered_when_issued",
                condition=Q(number=None, issued_at=None)
                | Q(number__isnull=False, issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        subject = self.subject.reference if self.subject else ""
        return self.number or f"{_('Draft')} {subject}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self.check_draft()
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        language = self.snapshot.get("language") or get_language()
        return reverse_in(language, "invoices:invoice", self.link)

    @property
    def language(self) -> str:
        """In which its payer reads it: once issued, for ever the one of that day."""
        kept: str = self.snapshot.get("language", "")
        return known(kept or (self.subject.language if self.subject else ""))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.check_draft()
            return super().delete(*args, **kwargs)

    def check_draft(self) -> None:
        """Raise InvoiceFrozen when the row in the database has a number; within a transaction."""
        row = Invoice.objects.select_for_update().filter(pk=self.pk).first() if self.pk else None
        if row and row.number:
            raise InvoiceFrozen(row)

    @property
    def subject(self) -> Order | ServiceTicket | None:
        """What it is for, also of a credit note; None only before it is saved."""
        return self.order or self.ticket or (self.corrects.subject if self.corrects else None)

    @property
    def subject_name(self) -> str:
        """What it is for, in words; on documents and at Stripe."""
        if self.corrects:
            return gettext("Credit note for %s") % self.corrects.number
        if self.order:
            return gettext("Order %s") % self.order.reference
        return f"{pgettext('on papers', 'Ticket')} {self.ticket}"

    @property
    def payer(self) -> Order | User:
        """Who it is for; both have a name and an e-mail address."""
        subject = self.subject
        return subject if isinstance(subject, Order) else cast(ServiceTicket, subject).customer

    @property
    def buyer(self) -> dict[str, Any]:
        """Name, e-mail address and address lines of who pays, as they are now."""
        if self.corrects:
            return dict(self.corrects.snapshot["buyer"])
        payer = self.payer
        address = payer if isinstance(payer, Order) else getattr(payer, "customer", None)
        lines = address.address_lines if address else []
        return {"name": payer.name, "email": payer.email, "lines": lines}

    @property
    def version(self) -> str:
        """Changes with everything that is recorded about its money; staff act on one they saw."""
        event = self.events.order_by("pk").last()
        refund = self.attempts.aggregate(last=Max("refunds"))["last"]
        parts = [event and event.pk, refund, self.total, self.balance]
        return "/".join(str(part) for part in parts)

    def record_event(self, kind: str, actor: User | None, note: str = "") -> None:
        """Write into its history; `kind` is an `InvoiceEvent.Kind`."""
        self.events.create(kind=kind, actor=actor, note=note[:300])

    def parts(self, name: str) -> Iterable[Any]:
        """Its lines, payments or credit notes; as `to_read` has fetched them, if it did."""
        read: list[Any] | None = self.__dict__.get(f"read_{name}")
        found: Iterable[Any] = getattr(self, name).all() if read is None else read
        return found

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def is_shown(self) -> bool:
        """Whether customers see it: it is issued, or asks or asked for a deposit."""
        if not self.is_draft:
            return True
        agreed = self.ticket is not None and self.ticket.status in AGREED
        return bool(self.deposit and (agreed or self.payments.all()))

    @property
    def is_credit_note(self) -> bool:
        return self.corrects_id is not None

    @property
    def is_void(self) -> bool:
        """Whether it never became one: what it was for was cancelled before."""
        if not self.is_draft:
            return False
        cancelled = self.ticket and self.ticket.status == Status.CANCELLED
        return bool(cancelled or (self.order and self.order.state == Order.State.CANCELLED))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """The tax in the lines, by rate in percent; of the margin scheme none is shown.

        A credit note says for ever what it took back of the tax of its invoice, see
        `documents.note_taxes`; one of before that was written down rounds for itself.
        """
        kept = self.snapshot.get("taxes")
        if kept is None:
            return taxes_of(self.taxed, self.currency)
        return dict(sorted((Decimal(rate), Decimal(tax)) for rate, tax in kept.items()))

    @property
    def taxed(self) -> list[tuple[Decimal, Decimal]]:
        """Rate in percent and gross amount of each line that shows its tax."""
        shown = (Item.TaxScheme.STANDARD, Item.TaxScheme.REDUCED)
        return [(line.tax_rate, line.total) for line in self.parts("lines") if line.scheme in shown]

    @property
    def has_margin(self) -> bool:
        return any(line.scheme == Item.TaxScheme.MARGIN for line in self.parts("lines"))

    @property
    def credited(self) -> Decimal:
        """What credit notes have taken off it."""
        if self.pk is None:
            return NOTHING
        return -sum((note.total for note in self.parts("credit_notes")), NOTHING)

    @property
    def left_of_total(self) -> Decimal:
        """What lists show of it: the total, less what was taken back."""
        return self.total - self.credited

    @property
    def creditable(self) -> dict[int, Decimal]:
        """What no credit note has taken back yet, by line."""
        lines = self.lines.prefetch_related("corrections")
        return {
            line.pk: line.total
            + sum(note.total_in(self.currency) for note in line.corrections.all())
            for line in lines
        }

    @property
    def is_taken_back(self) -> bool:
        """Whether credit notes have taken all of it back."""
        return bool(self.credited) and not any(self.creditable.values())

    @property
    def payable(self) -> Decimal:
        """What it asks for in all."""
        if self.is_credit_note or self.is_void:
            return NOTHING
        if self.is_draft:
            # One that a version before has written may be divided more finely.
            return rounded(self.total, self.currency)
        return self.left_of_total

    @property
    def paid(self) -> Decimal:
        """All payments less what went back."""
        if self.pk is None:
            return NOTHING
        return sum((payment.amount for payment in self.parts("payments")), NOTHING)

    @property
    def balance(self) -> Decimal:
        """What is left to pay; negative when we have too much. The one figure shown everywhere."""
        return self.payable - self.paid

    @property
    def balance_is_due(self) -> bool:
        """Whether a payment is what it waits for first."""
        return not self.is_credit_note and self.due_now > 0

    @property
    def overpaid(self) -> Decimal:
        return max(NOTHING, -self.balance)

    @property
    def excess(self) -> Decimal:
        """What we have too much of it and is not on its way back already."""
        return max(NOTHING, self.overpaid - self.attempts.promised())

    @property
    def refundable_by_hand(self) -> Decimal:
        """What may go back otherwise than to a card: what came so, or Stripe will not send."""
        by_hand = sum((p.amount for p in self.payments.all() if p.attempt_id is None), NOTHING)
        return max(NOTHING, min(by_hand + self.attempts.refused(), self.paid))

    @property
    def disputed(self) -> Decimal:
        """What banks have taken back of card payments while nobody has decided, or against us."""
        taken = (payment.amount for payment in self.payments.all() if payment.is_dispute)
        return -min(NOTHING, sum(taken, NOTHING))

    @property
    def deposit_due(self) -> Decimal:
        """What is missing of the deposit of work that is agreed and not yet billed."""
        if not (self.is_draft and self.ticket and self.ticket.status in AGREED):
            return NOTHING
        deposit = rounded(self.deposit, self.currency)
        return max(NOTHING, min(deposit, self.payable) - self.paid)

    @property
    def due_now(self) -> Decimal:
        """What may be paid today: a deposit, then the balance of what is issued or ordered.

        Not what a dispute has taken back: that was paid once, and a bank decides about it.
        """
        due = self.deposit_due if self.ticket and self.is_draft else self.balance
        return max(NOTHING, due - self.disputed) if due > 0 else NOTHING

    @property
    def due_at_till(self) -> Decimal:
        """The till adds up what is in the shop's currency; the rest is paid on its own page."""
        return self.due_now if self.currency == shop_currency() else NOTHING

    @property
    def is_overdue(self) -> bool:
        late = self.due_on is not None and self.due_on < timezone.localdate()
        return late and not self.is_draft and self.balance > 0

    @property
    def state(self) -> InvoiceState:
        if self.is_credit_note:
            return self.State.CREDIT
        if self.balance < 0:
            return self.State.OVERPAID
        if self.is_void or (not self.is_draft and self.payable == 0 and self.credited):
            return self.State.CANCELLED
        if self.deposit_due:
            return self.State.DEPOSIT
        if self.is_draft:
            return self.State.DRAFT
        if self.balance > 0:
            return self.State.OVERDUE if self.is_overdue else self.State.OPEN
        return self.State.PAID

    @property
    def can_be_credited(self) -> bool:
        """Whether there is something left that a credit note could take back."""
        is_billed = not self.is_draft and not self.is_credit_note
        return is_billed and any(self.creditable.values())

    @property
    def can_be_issued(self) -> bool:
        """Of an order any time, such as for who pays by invoice; of work when it is done."""
        if not self.is_draft or self.is_void or not self.total:
            return False
        return self.ticket is None or self.ticket.status in FINISHED

    @property
    def can_be_reminded_of(self) -> bool:
        return not self.is_credit_note and not self.is_void and self.due_now > 0

    @property
    def mail_event(self) -> str:
        """Which mail it goes with as it is now; "" when there is nothing to send."""
        if self.is_credit_note:
            return "credit"
        if not self.is_draft:
            return "invoice"
        return "deposit" if self.deposit_due else ""

    @property
    def issued_on(self) -> date | None:
        return timezone.localdate(self.issued_at) if self.issued_at else None
