"""What follows from money, whichever way it came or went. The invoice is locked in all of this."""

from contextlib import suppress

from accounts.models import User
from invoices.documents.issuing import issue_if_possible
from invoices.mail.invoices import notify_about_invoice, notify_shop
from invoices.mail.orders import notify_about_order
from invoices.models import NOTHING, Invoice, Payment, PaymentAttempt, Refund
from store.exceptions import TransitionNotAllowed
from store.models import Order
from store.services import transition_order

Transition = Order.Transition


def on_paid(invoice: Invoice, payment: Payment, *, hands_out: bool) -> None:
    """Sell an order that is paid in full, and issue it; acknowledge what else came in.

    With `hands_out` its things go over the counter with the payment, and one mail says both.
    What comes back to us of a refund or dispute was acted on when it first came.
    """
    if payment.attempt and not payment.is_card_payment:
        return
    order = invoice.order
    if order and invoice.balance <= 0 and Transition.PAY in order.allowed_transitions:
        with suppress(TransitionNotAllowed):
            invoice.order = transition_order(
                order_id=order.pk, transition=Transition.PAY, actor=payment.actor
            )
            issue_and_confirm(invoice, invoice.order, payment.actor, hands_out=hands_out)
            return
        # Nobody had confirmed it, and its time ended this moment: staff decide about the money.
    if not invoice.is_void:
        notify_about_invoice(invoice, "payment", amount=payment.amount)


def issue_and_confirm(
    invoice: Invoice, order: Order, actor: User | None, *, hands_out: bool = False
) -> None:
    """Issue what an order that was just sold costs, and mail it with what confirms the payment."""
    if invoice.is_draft and invoice.total:
        issue_if_possible(invoice, actor)
    event = str(Transition.PAY)
    if hands_out and Transition.COLLECT in order.allowed_transitions:
        transition_order(order_id=order.pk, transition=Transition.COLLECT, actor=actor)
        event = str(Transition.COLLECT)
    if order.payment_method == Order.PaymentMethod.CARD:
        # It is confirmed once it is an order: when it is paid.
        event = "placed"
    issued = None if invoice.is_draft else invoice
    notify_about_order(
        order.pk,
        event,
        invoice.site,
        enclosed=issued,
        received=invoice.paid if hands_out else NOTHING,
    )


def on_refunded(invoice: Invoice, payment: Payment) -> None:
    """Notify who has to know what went back."""
    if payment.is_card_payment:
        return
    if payment.attempt and payment.is_dispute:
        notify_shop(invoice, "dispute", amount=-payment.amount)
    else:
        notify_about_invoice(invoice, "refund", amount=-payment.amount)


def refund_excess(invoice: Invoice, attempt: PaymentAttempt) -> None:
    """Let money for what is gone, cancelled or paid already go back by itself."""
    if (excess := min(invoice.excess, attempt.refundable)) > 0:
        reason = "cancelled" if invoice.is_void else "paid already"
        Refund.objects.create(attempt=attempt, amount=excess, reason=reason)
        notify_shop(invoice, "refund", amount=excess)
