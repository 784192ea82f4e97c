from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Round
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.secrets import new_secret
from invoices.exceptions import InvoiceFrozen
from money.lines import PricedLine
from money.taxes import taxes_of
from repairs_restorals.models import ServiceTicket, Status
from store.models import Item, Order, Piece

NOTHING = Decimal(0)
MONEY: models.DecimalField = models.DecimalField(max_digits=12, decimal_places=2)
# While it is worked on, a deposit may be asked for; then the whole invoice is.
AGREED = [Status.APPROVED, Status.IN_PROGRESS]


# Drafts of what was cancelled: nothing is to be paid for them.
VOID = Q(number=None) & (Q(order__state="cancelled") | Q(ticket__status="cancelled"))


def sum_of(field: str) -> Coalesce:
    """The sum of a field of an invoice's credit notes or payments, for each row of a query."""
    this = Invoice.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    found = Subquery(this.annotate(sum=Sum(field)).values("sum"))
    return Coalesce(found, Value(NOTHING, output_field=MONEY))


def by_state(then: Callable[["Invoice.State"], Value]) -> Case:
    """A value for each state; `owed` and `left` must be annotated."""
    state = Invoice.State
    today = timezone.localdate()
    # What is owed is payable less paid, so that this reads: paid is less than the deposit.
    deposit_due = Q(number=None, ticket__status__in=AGREED, owed__gt=0) & Q(
        deposit__gt=Round(F("total") - F("owed"), 2)
    )
    taken_back = ~Q(total=0) & Q(left=0)
    return Case(
        When(corrects__isnull=False, then=then(state.CREDIT)),
        When(owed__lt=0, then=then(state.OVERPAID)),
        When(VOID, then=then(state.CANCELLED)),
        When(deposit_due, then=then(state.DEPOSIT)),
        When(number=None, then=then(state.DRAFT)),
        When(taken_back, then=then(state.CANCELLED)),
        When(owed__gt=0, due_on__lt=today, then=then(state.OVERDUE)),
        When(owed__gt=0, then=then(state.OPEN)),
        default=then(state.PAID),
    )


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def for_customer(self, user: User) -> Self:
        mine = Q(order__customer=user) | Q(ticket__customer=user)
        return self.filter(
            mine | Q(corrects__order__customer=user) | Q(corrects__ticket__customer=user)
        )

    def drafts(self) -> Self:
        return self.filter(number=None)

    def issued(self) -> Self:
        return self.filter(number__isnull=False)

    def shown(self) -> Self:
        """What customers see: the same as `Invoice.is_shown`."""
        paid = Exists(Invoice.objects.filter(pk=OuterRef("pk"), payments__isnull=False))
        asked = Q(deposit__gt=0) & (Q(ticket__status__in=AGREED) | paid)
        return self.filter(Q(number__isnull=False) | asked)

    def with_balance(self) -> Self:
        """Annotate `owed`: the same figure as `Invoice.balance`, to sort and filter by."""
        nothing = Value(NOTHING, output_field=MONEY)
        payable = Case(
            When(corrects__isnull=False, then=nothing),
            When(VOID, then=nothing),
            default=F("total") + sum_of("credit_notes__total"),
            output_field=MONEY,
        )
        # On SQLite these are binary fractions: a sum of cents may miss zero by a hair.
        return self.annotate(owed=Round(payable - sum_of("payments__amount"), 2))

    def with_state(self) -> Self:
        """Annotate `owed`, and `now_in`: the same as `Invoice.state`, to filter by."""
        left = Round(F("total") + sum_of("credit_notes__total"), 2)
        return self.with_balance().annotate(left=left, now_in=by_state(Value))

    def with_place(self, states: Sequence["Invoice.State"]) -> Self:
        """After `with_state`: annotate `place`, that of each one's state among these.

        One made of `now_in` would ask for all its sums once for each of them.
        """
        places = {state: place for place, state in enumerate(states)}
        return self.annotate(place=by_state(lambda state: Value(places.get(state, len(places)))))

    def unpaid(self) -> Self:
        """Issued invoices of which something is left to pay."""
        return self.issued().owing()

    def owing(self) -> Self:
        """Invoices and drafts of which something is left to pay."""
        return self.with_balance().filter(owed__gt=0)

    def overdue(self) -> Self:
        return self.unpaid().filter(due_on__lt=timezone.localdate())

    def money_without_goods(self) -> Self:
        """More money than is asked for: for what was cancelled, taken back, or paid already.

        The list of these must be empty.
        """
        return self.with_balance().filter(owed__lt=0)

    def with_parts(self) -> Self:
        """Fetch what the amounts and names of many invoices are read from."""
        related = ["order", "ticket__customer", "corrects__order", "corrects__ticket__customer"]
        return self.select_related(*related).prefetch_related("lines", "payments", "credit_notes")


class Invoice(models.Model):
    """What is to be paid for an order or for a ticket; each has exactly one. Drafts have no number.

    A credit note is an invoice that corrects another: with a number of its own and lines of
    negative quantity, which count towards the other's balance. Once it has a number, neither an
    invoice nor its lines are ever changed or deleted: this class and the database refuse it.

    All amounts are gross, in the shop's currency. `total` is written with the lines, by
    `billing.write_lines` alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        DEPOSIT = "deposit", _("deposit due")
        OPEN = "open", _("to be paid")
        OVERDUE = "overdue", _("overdue")
        PAID = "paid", _("paid")
        OVERPAID = "overpaid", _("overpaid")
        CANCELLED = "cancelled", _("cancelled")
        CREDIT = "credit", _("credit note")

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
    total = models.DecimalField(
        _("total"), max_digits=12, decimal_places=2, default=NOTHING, db_default=NOTHING
    )
    deposit = models.DecimalField(
        _("deposit"),
        max_digits=10,
        decimal_places=2,
        default=NOTHING,
        # Also for a web process of the version before, which does not know it.
        db_default=NOTHING,
        validators=[MinValueValidator(NOTHING)],
        help_text=_("Asked for before the work begins."),
    )
    # Seller, buyer and texts as they were when it was issued; see `issuing.snapshot_of`.
    snapshot = models.JSONField(default=dict, db_default={}, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, db_default="")
    # Where links in mails lead, such as "https://example.com": a timer has no request to ask.
    site = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)

    objects = InvoiceQuerySet.as_manager()

    owed: Decimal  # annotated by with_balance()
    now_in: str  # annotated by with_state()

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
        return reverse("invoices:invoice", args=[self.secret])

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
        """The tax in the lines, by rate in percent; of the margin scheme none is shown."""
        return taxes_of(self.taxed)

    @property
    def taxed(self) -> list[tuple[Decimal, Decimal]]:
        """Rate in percent and gross amount of each line that shows its tax."""
        shown = [line for line in self.lines.all() if line.scheme == Item.TaxScheme.STANDARD]
        return [(line.tax_rate, line.total) for line in shown]

    @property
    def has_margin(self) -> bool:
        return any(line.scheme == Item.TaxScheme.MARGIN for line in self.lines.all())

    @property
    def credited(self) -> Decimal:
        """What credit notes have taken off it."""
        if self.pk is None:
            return NOTHING
        return -sum((note.total for note in self.credit_notes.all()), NOTHING)

    @property
    def payable(self) -> Decimal:
        """What it asks for in all."""
        if self.is_credit_note or self.is_void:
            return NOTHING
        return self.total - self.credited

    @property
    def paid(self) -> Decimal:
        """All payments less what went back."""
        if self.pk is None:
            return NOTHING
        return sum((payment.amount for payment in self.payments.all()), NOTHING)

    @property
    def balance(self) -> Decimal:
        """What is left to pay; negative when we have too much. The one figure shown everywhere."""
        return self.payable - self.paid

    @property
    def overpaid(self) -> Decimal:
        return max(NOTHING, -self.balance)

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
        return max(NOTHING, min(self.deposit, self.payable) - self.paid)

    @property
    def due_now(self) -> Decimal:
        """What may be paid today: a deposit, then the balance of what is issued or ordered.

        Not what a dispute has taken back: that was paid once, and a bank decides about it.
        """
        due = self.deposit_due if self.ticket and self.is_draft else self.balance
        return max(NOTHING, due - self.disputed) if due > 0 else NOTHING

    @property
    def is_overdue(self) -> bool:
        late = self.due_on is not None and self.due_on < timezone.localdate()
        return late and not self.is_draft and self.balance > 0

    @property
    def state(self) -> State:
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
    def issued_on(self) -> date | None:
        return timezone.localdate(self.issued_at) if self.issued_at else None


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
        choices=Item.TaxScheme,
        default=Item.TaxScheme.STANDARD,
        db_default=Item.TaxScheme.STANDARD,
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            self.invoice.check_draft()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.invoice.check_draft()
            return super().delete(*args, **kwargs)
