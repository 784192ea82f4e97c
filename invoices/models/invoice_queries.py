"""Invoices by what is paid of them: queries that say the same as the properties of `Invoice`."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Now, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_checked
from accounts.models import User
from money.columns import AmountColumn
from money.currency import MOST_DECIMALS
from repairs_restorals.models import ServiceTicket, Status, TicketEvent
from store.models import Order, OrderEvent

if TYPE_CHECKING:
    from invoices.models.invoice import Invoice  # noqa: F401 # named in a string below

NOTHING = Decimal(0)
MONEY: AmountColumn = AmountColumn(max_digits=13)
# The work of a ticket is done: it is billed.
FINISHED = [Status.READY, Status.COLLECTED]
GONE_OUT = [Order.State.SHIPPED, Order.State.COLLECTED]
WENT_OUT = [Order.Transition.SHIP, Order.Transition.COLLECT]
# What is older when it is found without its invoice is the past, of which nobody is mailed unasked.
BILLED_WITHIN = timedelta(days=14)
# While it is worked on, a deposit may be asked for; then the whole invoice is.
AGREED = [Status.APPROVED, Status.IN_PROGRESS]
# Drafts of what was cancelled: nothing is to be paid for them.
VOID = Q(number=None) & (Q(order__state="cancelled") | Q(ticket__status="cancelled"))
NONE_IS_VOID = Q(pk__in=[])
# What the amounts and names of an invoice are read from.
RELATED = ["order", "ticket__customer", "corrects__order", "corrects__ticket__customer"]
PARTS = ["lines", "payments", "credit_notes"]
# What is due is payable less paid, so that this reads: paid is less than the deposit.
DEPOSIT_DUE = Q(number=None, ticket__status__in=AGREED, balance_due__gt=0) & Q(
    deposit__gt=Round(F("total") - F("balance_due"), MOST_DECIMALS)
)


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("draft")
    DEPOSIT = "deposit", _("deposit due")
    OPEN = "open", _("to be paid")
    OVERDUE = "overdue", _("overdue")
    PAID = "paid", _("paid")
    OVERPAID = "overpaid", _("overpaid")
    CANCELLED = "cancelled", _("cancelled")
    CREDIT = "credit", _("credit note")


def by_state(then: Callable[[InvoiceState], Value]) -> Case:
    """A value for each state; `balance_due` and `left` must be annotated."""
    state = InvoiceState
    today = timezone.localdate()
    taken_back = ~Q(total=0) & Q(left=0)
    return Case(
        When(corrects__isnull=False, then=then(state.CREDIT)),
        When(balance_due__lt=0, then=then(state.OVERPAID)),
        When(VOID, then=then(state.CANCELLED)),
        When(DEPOSIT_DUE, then=then(state.DEPOSIT)),
        When(number=None, then=then(state.DRAFT)),
        When(taken_back, then=then(state.CANCELLED)),
        When(balance_due__gt=0, due_on__lt=today, then=then(state.OVERDUE)),
        When(balance_due__gt=0, then=then(state.OPEN)),
        default=then(state.PAID),
    )


# What a state says of its invoices, for a list to look at these alone.
HAS_NUMBER = {InvoiceState.DRAFT: False, InvoiceState.DEPOSIT: False} | dict.fromkeys(
    [InvoiceState.OPEN, InvoiceState.OVERDUE, InvoiceState.PAID], True
)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def for_customer(self, user: User) -> Self:
        of_tickets: dict[str, Any] = {"ticket__customer": user}
        if not is_checked(user):
            of_tickets = {"ticket__in": ServiceTicket.objects.for_customer(user)}
        mine = Q(order__customer=user) | Q(**of_tickets)
        corrected = Q(**{f"corrects__{name}": value for name, value in of_tickets.items()})
        return self.filter(mine | Q(corrects__order__customer=user) | corrected)

    def drafts(self) -> Self:
        return self.filter(number=None)

    def issued(self) -> Self:
        return self.filter(number__isnull=False)

    def shown(self) -> Self:
        """What customers see: the same as `Invoice.is_shown`."""
        paid = Exists(self.model.objects.filter(pk=OuterRef("pk"), payments__isnull=False))
        asked = Q(deposit__gt=0) & (Q(ticket__status__in=AGREED) | paid)
        return self.filter(Q(number__isnull=False) | asked)

    def sum_of(self, field: str) -> Coalesce:
        """The sum of a field of each one's credit notes or payments, as "payments__amount"."""
        name, column = field.split("__")
        relation: Any = self.model._meta.get_field(name)
        back = relation.field.name
        # Of their own table alone: by way of the invoice it would be looked up once more for each.
        mine = relation.related_model.objects.filter(**{back: OuterRef("pk")}).order_by()
        found = Subquery(mine.values(back).annotate(sum=Sum(column)).values("sum"))
        return Coalesce(found, Value(NOTHING, output_field=MONEY))

    def with_balance(self, void: Q = VOID) -> Self:
        """Annotate `balance_due`: the same figure as `Invoice.balance`, to sort and filter by.

        Of issued ones `NONE_IS_VOID`, so that nobody has to look at their orders and tickets.
        """
        nothing = Value(NOTHING, output_field=MONEY)
        payable = Case(
            When(corrects__isnull=False, then=nothing),
            When(void, then=nothing),
            default=F("total") + self.sum_of("credit_notes__total"),
            output_field=MONEY,
        )
        # On SQLite these are binary fractions: a sum of amounts may miss zero by a hair.
        return self.annotate(
            balance_due=Round(payable - self.sum_of("payments__amount"), MOST_DECIMALS)
        )

    def with_state(self) -> Self:
        """Annotate `balance_due`, and `current_state`: the same as `Invoice.state`."""
        left = Round(F("total") + self.sum_of("credit_notes__total"), MOST_DECIMALS)
        return self.with_balance().annotate(left=left, current_state=by_state(Value))

    def by_state_of_many(self, then: Callable[[InvoiceState], Value]) -> Case:
        """The same as `by_state`, for lists: few of many invoices are asked for sums of their own.

        Of what is issued and not corrected, one pass over all payments tells what is paid.
        """
        payments: Any = self.model._meta.get_field("payments").related_model
        corrected = self.model.objects.filter(corrects__isnull=False).values("corrects")
        begun = payments.objects.filter(invoice__number=None).values("invoice")
        draft = Q(number=None) & (Q(deposit__gt=0) | Q(pk__in=begun))
        unclear = Q(total__lt=0) | Q(total=0, number__isnull=False) | Q(pk__in=corrected) | draft
        paid, total = self.sums_paid(), F("invoice__total")
        state = InvoiceState
        return Case(
            When(corrects__isnull=False, then=then(state.CREDIT)),
            When(unclear, then=by_state(then)),
            When(VOID, then=then(state.CANCELLED)),
            When(number=None, then=then(state.DRAFT)),
            When(pk__in=paid.filter(paid=total).values("invoice"), then=then(state.PAID)),
            When(pk__in=paid.filter(paid__gt=total).values("invoice"), then=then(state.OVERPAID)),
            When(due_on__lt=timezone.localdate(), then=then(state.OVERDUE)),
            default=then(state.OPEN),
        )

    def in_state(self, state: str) -> Self:
        """After `with_state`: those whose `current_state` is this one."""
        found = self.alias(state_of_many=self.by_state_of_many(Value)).filter(state_of_many=state)
        if state == InvoiceState.CREDIT:
            return found.filter(corrects__isnull=False)
        has_number = HAS_NUMBER.get(InvoiceState(state))
        return found if has_number is None else found.filter(number__isnull=not has_number)

    def with_rank(self, states: Sequence[InvoiceState]) -> Self:
        """After `with_state`: `rank` to order by, that of each one's state among these."""
        ranks = {state: rank for rank, state in enumerate(states)}
        others = len(ranks)
        return self.alias(rank=self.by_state_of_many(lambda state: Value(ranks.get(state, others))))

    def unpaid(self) -> Self:
        """Issued invoices of which something is left to pay."""
        return self.issued().with_balance(NONE_IS_VOID).filter(balance_due__gt=0)

    def owing(self) -> Self:
        """Invoices and drafts of which something is left to pay."""
        return self.with_balance().filter(balance_due__gt=0)

    def overdue(self) -> Self:
        """Balances are computed for those that are not paid in full: most of the old ones are."""
        in_full = self.sums_paid().filter(paid__gte=F("invoice__total")).values("invoice")
        late = self.filter(due_on__lt=timezone.localdate())
        return late.exclude(pk__in=in_full).unpaid()

    def to_issue(self) -> Self:
        """Drafts of orders that are paid or have gone out, and of tickets whose work is done.

        What costs nothing, such as a gift, is never billed. A draft of an order that has no lines
        was left by a release before, and gets them when it is issued.
        """
        lines: Any = self.model._meta.get_field("lines").related_model
        costs = Q(total__gt=0)
        is_empty = ~Exists(lines._default_manager.filter(invoice=OuterRef("pk")))
        of_orders = Q(order__paid_at__isnull=False) | Q(order__state__in=GONE_OUT)
        # Of the others the front desk asks whose VAT is in them.
        of_orders &= Q(order__tax_undecided=False)
        of_tickets = Q(ticket__status__in=FINISHED) & costs
        return self.drafts().filter(of_orders & (costs | is_empty) | of_tickets)

    def to_issue_now(self) -> Self:
        """Those that the timer issues and mails: what they bill happened lately."""
        return self.to_issue().filter(billing_lately())

    def left_unissued(self) -> Self:
        """Those of long ago, such as a release before has left: staff decide about them."""
        return self.to_issue().exclude(billing_lately())

    def without_lines(self) -> Self:
        """Drafts of orders whose lines a release before has not written, with a total of 0."""
        lines: Any = self.model._meta.get_field("lines").related_model
        is_empty = ~Exists(lines._default_manager.filter(invoice=OuterRef("pk")))
        ordered = Order.objects.filter(pk=OuterRef("order"), lines__dropped_at=None)
        return self.drafts().filter(is_empty, Exists(ordered)).exclude(VOID)

    def deposit_due(self) -> Self:
        """Drafts of tickets that wait for their deposit: what their state says, asked of few."""
        asked = self.filter(number=None, ticket__status__in=AGREED, deposit__gt=0)
        return asked.with_balance(NONE_IS_VOID).filter(DEPOSIT_DUE)

    def money_without_goods(self) -> Self:
        """More money than is asked for: for what was cancelled, taken back, or paid already.

        The list of these must be empty. Balances are computed for the few that may be among them:
        more came in than their total, or less is payable than that.
        """
        corrected = self.model.objects.filter(corrects__isnull=False).values("corrects")
        less_payable = VOID | Q(corrects__isnull=False) | Q(pk__in=corrected)
        beyond = self.sums_paid().filter(paid__gt=F("invoice__total")).values("invoice")
        few = self.filter(Q(pk__in=beyond) | less_payable)
        return few.with_balance().filter(balance_due__lt=0)

    def sums_paid(self) -> models.QuerySet[Any, Any]:
        """What came in for each invoice as `paid`, less what went back, in one pass over all.

        Rounded, for on SQLite a sum may miss the total by a hair.
        """
        payments: Any = self.model._meta.get_field("payments").related_model
        sums: models.QuerySet[Any, Any] = (
            payments.objects.order_by()
            .values("invoice")
            .annotate(paid=Round(Sum("amount"), MOST_DECIMALS))
        )
        return sums

    def with_parts(self) -> Self:
        """Fetch what the amounts and names of many invoices are read from."""
        return self.select_related(*RELATED).prefetch_related(*PARTS)

    def to_read(self) -> Self:
        """The same for thousands that nobody changes meanwhile, as lists for `Invoice.parts`.

        To make a queryset of each one's lines takes longer than to read them.
        """
        lists = (models.Prefetch(name, to_attr=f"read_{name}") for name in PARTS)
        return self.select_related(*RELATED).prefetch_related(*lists)


def billing_lately() -> Q:
    """Whether an order or ticket was begun, paid, handed over or finished within BILLED_WITHIN."""
    since = Now() - BILLED_WITHIN
    went = OrderEvent.objects.filter(
        order=OuterRef("order"), transition__in=WENT_OUT, kind="", at__gt=since
    )
    done = TicketEvent.objects.filter(ticket=OuterRef("ticket"), status__in=FINISHED, at__gt=since)
    begun = Q(order__placed_at__gt=since) | Q(ticket__created_at__gt=since)
    return begun | Q(order__paid_at__gt=since) | Exists(went) | Exists(done)
