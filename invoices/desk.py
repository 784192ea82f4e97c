"""Orders and money that ask something of staff, for the front desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from desk.finds import Find
from desk.rows import Row, Urgency
from invoices.models import Invoice, Payment, Refund, Withdrawal
from invoices.orders.to_do import FOR_STAFF, TO_DO
from invoices.payments.alerts import disputed_payments, stuck_refunds
from money.filters import money
from store.models import Order

ORDERS = "store_order_changelist"
SELLING = ("store.change_order",)
INVOICES = "invoices_invoice_changelist"
WITHOUT_GOODS = "invoices_without-goods"
BILLING = ("invoices.view_invoice", "invoices.change_invoice")


def of_orders(to_do: str, label: Any, since: str, urgency: Urgency = Urgency.WORK) -> Row:
    return Row(
        name=f"orders-{to_do}",
        label=label,
        rows=lambda user: TO_DO[to_do].find(Order.objects.all()),
        page=ORDERS,
        query=f"?todo={to_do}",
        permissions=SELLING,
        urgency=urgency,
        since=since,
    )


ROWS = [
    Row(
        name="without-goods",
        label=ngettext_lazy(
            "order or ticket has more money than is to be paid",
            "orders or tickets have more money than is to be paid",
        ),
        rows=lambda user: Invoice.objects.money_without_goods(),
        page=WITHOUT_GOODS,
        query="?show=goods",
        permissions=BILLING,
        urgency=Urgency.MONEY_AT_RISK,
    ),
    Row(
        name="refunds-failed",
        label=ngettext_lazy("refund was refused by Stripe", "refunds were refused by Stripe"),
        rows=lambda user: stuck_refunds().filter(state=Refund.State.FAILED),
        page=WITHOUT_GOODS,
        query="?show=refused",
        permissions=BILLING,
        urgency=Urgency.MONEY_AT_RISK,
        since="at",
    ),
    Row(
        name="disputes",
        label=ngettext_lazy("card payment is disputed", "card payments are disputed"),
        rows=lambda user: disputed_payments(),
        page=WITHOUT_GOODS,
        query="?show=disputes",
        permissions=BILLING,
        urgency=Urgency.MONEY_AT_RISK,
        since="at",
    ),
    Row(
        name="withdrawals",
        label=ngettext_lazy("withdrawal from a contract", "withdrawals from contracts"),
        rows=lambda user: Withdrawal.objects.open(),
        page="invoices_withdrawal_changelist",
        query="?open=yes",
        permissions=("invoices.change_withdrawal",),
        urgency=Urgency.SOMEBODY_WAITS,
        since="declared_at",
    ),
    of_orders(
        "late",
        ngettext_lazy("order is overdue for payment", "orders are overdue for payment"),
        "payment_due_at",
        Urgency.PROMISE_BROKEN,
    ),
    of_orders(
        "again",
        ngettext_lazy(
            "order is to be paid again: a payment went back",
            "orders are to be paid again: payments went back",
        ),
        "owed_since",
        Urgency.PROMISE_BROKEN,
    ),
    Row(
        name="invoices-overdue",
        label=ngettext_lazy("invoice is overdue", "invoices are overdue"),
        rows=lambda user: Invoice.objects.overdue(),
        page=INVOICES,
        query=f"?state={Invoice.State.OVERDUE}",
        permissions=BILLING,
        urgency=Urgency.PROMISE_BROKEN,
        since="due_on",
    ),
    Row(
        name="invoices-waiting",
        label=ngettext_lazy(
            "invoice waits to be issued: are the shop’s address and tax number written?",
            "invoices wait to be issued: are the shop’s address and tax number written?",
        ),
        rows=lambda user: Invoice.objects.to_issue_now(),
        page=INVOICES,
        query="?state=to_issue",
        permissions=BILLING,
        urgency=Urgency.PROMISE_BROKEN,
        since="created_at",
    ),
    of_orders(
        "tax",
        ngettext_lazy(
            "order goes where you have to say whose VAT is in it",
            "orders go where you have to say whose VAT is in them",
        ),
        "placed_at",
        Urgency.PROMISE_BROKEN,
    ),
    Row(
        name="invoices-left",
        label=ngettext_lazy(
            "order or ticket of long ago was never billed: nothing goes out until you say so",
            "orders or tickets of long ago were never billed: nothing goes out until you say so",
        ),
        rows=lambda user: Invoice.objects.left_unissued(),
        page=INVOICES,
        query="?state=left",
        permissions=BILLING,
        urgency=Urgency.TO_FOLLOW_UP,
        since="created_at",
    ),
    Row(
        name="day-not-closed",
        label=ngettext_lazy(
            "cash payment of a day that nobody has closed",
            "cash payments of days that nobody has closed",
        ),
        rows=lambda user: Payment.objects.cash_left_over(),
        page="invoices_dayclose_drawer",
        query="?show=unclosed",
        permissions=("invoices.add_dayclose",),
        urgency=Urgency.WORK,
        since="at",
    ),
    of_orders(
        "confirm",
        ngettext_lazy(
            "order waits to be confirmed by its customer, or by you",
            "orders wait to be confirmed by their customers, or by you",
        ),
        "placed_at",
        Urgency.TO_FOLLOW_UP,
    ),
    of_orders("send", ngettext_lazy("paid order to send", "paid orders to send"), "paid_at"),
    of_orders(
        "ready", ngettext_lazy("paid order to lay ready", "paid orders to lay ready"), "paid_at"
    ),
    of_orders(
        "reserved",
        ngettext_lazy(
            "order to lay ready, paid when collected", "orders to lay ready, paid when collected"
        ),
        "placed_at",
    ),
    of_orders(
        "collect",
        ngettext_lazy("order ready to hand out", "orders ready to hand out"),
        "placed_at",
        Urgency.TO_FOLLOW_UP,
    ),
    Row(
        name="deposits",
        label=ngettext_lazy("deposit is awaited", "deposits are awaited"),
        rows=lambda user: Invoice.objects.deposit_due(),
        page=INVOICES,
        query=f"?state={Invoice.State.DEPOSIT}",
        permissions=("invoices.view_invoice",),
        urgency=Urgency.TO_FOLLOW_UP,
        since="created_at",
    ),
]


def stands(order: Order) -> Any:
    """As the list of orders says it."""
    return FOR_STAFF.get(order.stage) or order.get_state_display()


def bought(order: Order) -> str:
    things = ", ".join(line.title for line in order.lines.all())
    return f"{order.name} · {things}"


def billed(invoice: Invoice) -> str:
    """With what is left of it, which the state was read from already."""
    subject, payer = invoice.subject, invoice.payer
    parts = [subject.reference if subject else "", payer.name or payer.email]
    return " · ".join([*filter(None, parts), money(invoice.left, invoice.currency)])


FINDS = [
    Find(
        model=Order,
        label=_("Orders"),
        state=stands,
        note=bought,
        fetch=lambda orders: orders.prefetch_related("lines"),
    ),
    Find(
        model=Invoice,
        label=_("Invoices"),
        state=lambda invoice: Invoice.State(invoice.current_state).label,
        note=billed,
        fetch=lambda invoices: invoices.with_state().select_related(
            "order", "ticket__customer", "corrects__order", "corrects__ticket__customer"
        ),
    ),
]
