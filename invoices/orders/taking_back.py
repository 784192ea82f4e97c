"""Things taken off an order, before or after they went out: cancelled, given back or refunded.

It does not know who asks for it: staff, or a customer who withdraws from the sale.
"""

from collections.abc import Iterable
from typing import NamedTuple, cast

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import (
    invoice_of_order,
    shares_of_discount,
    write_order_lines,
)
from invoices.documents.following import follow_money
from invoices.exceptions import StillPayable
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import NOTHING, Invoice, InvoiceEvent, Payment, PaymentAttempt, Refund
from invoices.orders.taking_back_plan import Plan, Wish, plan_of
from invoices.orders.transitions import cancel_order
from invoices.payments.actions import refund_to_cards
from invoices.payments.card import close_payments
from invoices.payments.effects import issue_and_confirm
from invoices.payments.ledger import Received, record_refund
from money.filters import money
from store.exceptions import VersionChanged
from store.models import Order, OrderEvent, OrderLine
from store.services import lock_items, restock_pieces, transition_order, withdraw_pieces


class TakenBack(NamedTuple):
    """What was done; whoever asked for it has the refunds sent now, outside of any transaction."""

    plan: Plan
    refunds: list[Refund]
    # What was recorded as given back by hand.
    payment: Payment | None


def version_of(invoice: Invoice) -> str:
    """Changes with everything that taking back depends on, of the order as of its money."""
    return f"{invoice.version}/{cast(Order, invoice.order).version}"


def take_back(
    *, order_id: int, wish: Wish, actor: User | None, version: str | None = None
) -> TakenBack:
    """Take things off an order: credit note, money, things and mails in one go.

    `version` is what `version_of` said when somebody looked at it. Raises VersionChanged,
    TakenBackAlready, NothingToPay; StillPayable when Stripe cannot say whether somebody is paying.
    """
    invoice = invoice_of_order(order_id)
    close_payments(invoice_id=invoice.pk)
    with transaction.atomic():
        invoice = lock_invoice(invoice.pk)
        if version is not None and version_of(invoice) != version:
            raise VersionChanged
        # Locks are taken invoice, attempt, item, piece, series.
        attempts = list(invoice.attempts.select_for_update().order_by("pk"))
        if any(attempt.is_live for attempt in attempts):
            raise StillPayable
        plan = plan_of(invoice, wish)
        if plan.is_cancelled:
            cancel(plan, actor)
        elif invoice.is_draft:
            drop(plan, actor)
        else:
            credit_lines(plan, actor)
        return refunded(plan, attempts, actor)


def cancel(plan: Plan, actor: User | None) -> None:
    pieces, wish = plan.here, plan.wish
    lock_items({piece.item_id for piece in pieces})
    cancel_order(order_id=plan.order.pk, actor=actor, because=wish.because, reason=wish.reason)
    if not wish.on_sale:
        withdraw_pieces(pieces, actor=actor)


def take_off(plan: Plan, actor: User | None, **written: object) -> None:
    """Write down what is gone, and put what is here on sale, or aside."""
    OrderLine.objects.filter(pk__in=[line.pk for line in plan.lines]).update(**written)
    titles = ", ".join(f"{line.title} ({line.piece})" for line in plan.lines)
    note = ": ".join(filter(None, [plan.wish.reason, titles]))
    plan.order.record_change(OrderEvent.Kind.RETURNED, actor, note)
    restock_pieces(
        plan.here,
        order_id=plan.order.pk,
        actor=actor,
        on_sale=plan.wish.on_sale,
        because=plan.wish.because,
    )


def drop(plan: Plan, actor: User | None) -> None:
    """Let an order that is not billed yet come to less."""
    order, shares = plan.order, shares_of_discount(plan.order)
    order.discount -= sum((shares.get(line.pk, NOTHING) for line in plan.lines), NOTHING)
    Order.objects.filter(pk=order.pk).update(discount=order.discount)
    take_off(plan, actor, dropped_at=Now())
    invoice = lock_invoice(plan.invoice.pk)
    order = cast(Order, invoice.order)
    write_order_lines(invoice, order)
    note = ", ".join(filter(None, [money(-plan.amount, order.currency), plan.wish.reason]))
    invoice.record_event(InvoiceEvent.Kind.BILLED, actor, note)
    if invoice.balance <= 0 and Order.Transition.PAY in order.allowed_transitions:
        # What was paid in part is enough now.
        pay = Order.Transition.PAY
        invoice.order = transition_order(order_id=order.pk, transition=pay, actor=actor)
        issue_and_confirm(invoice, invoice.order, actor)
        return
    follow_money(invoice, actor)
    event = str(Order.Transition.CANCEL) if plan.ends else "dropped"
    notify_about_order(order.pk, event, invoice.site, reason=plan.wish.reason)


def credit_lines(plan: Plan, actor: User | None) -> None:
    """Issue and mail a credit note; an order of things that cost nothing needs none."""
    take_off(plan, actor, taken_back_at=Now())
    parts = [Credit(line, amount) for line, amount in plan.credits.items()]
    if any(part.amount for part in parts):
        credit(invoice_id=plan.invoice.pk, parts=parts, reason=plan.wish.reason, actor=actor)
        return
    follow_money(lock_invoice(plan.invoice.pk), actor)
    notify_about_order(plan.order.pk, "dropped", plan.invoice.site, reason=plan.wish.reason)


def refunded(plan: Plan, attempts: Iterable[PaymentAttempt], actor: User | None) -> TakenBack:
    """Let what is too much now go back the way it came."""
    # Read anew: whether it is void its order says, which was written since.
    invoice = lock_invoice(plan.invoice.pk)
    wish, refunds, payment = plan.wish, list[Refund](), None
    if wish.to_card:
        refunds = list(refund_to_cards(invoice, attempts, wish.reason, actor))
    amount = min(invoice.excess, invoice.refundable_by_hand)
    if wish.by_hand is not None and amount > 0:
        received = Received(amount, wish.by_hand, timezone.localdate())
        payment = record_refund(invoice_id=invoice.pk, received=received, actor=actor)
    return TakenBack(plan, refunds, payment)
