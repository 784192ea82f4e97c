"""What becomes of an order; what may is `Order.allowed_transitions`."""

from typing import cast

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from bag.services import leave_what_fits
from invoices.documents.credit_notes import credit_cancelled
from invoices.documents.drafts import invoice_of_order
from invoices.exceptions import StillPayable
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Payment
from invoices.orders.confirming import confirm_order, is_reached
from invoices.payments.card import close_payments
from invoices.payments.ledger import Received, record_payment
from store.exceptions import TransitionNotAllowed
from store.history import Kind, record_events
from store.models import Order, OrderStage, Piece
from store.services import transition_order


def transition_and_notify(
    *,
    order_id: int,
    transition: Order.Transition,
    actor: User | None,
    site: str,
    tracking: str = "",
    carrier: str = "",
    because: Order.Ending = Order.Ending.SHOP,
) -> Order:
    """Do something with an order and mail the customer about it; `because` is why it ends.

    Raises TransitionNotAllowed, StillPayable."""
    if transition == Order.Transition.CANCEL:
        return cancel_order(order_id=order_id, actor=actor, because=because)
    if transition == Order.Transition.CONFIRM:
        return confirm_order(order_id=order_id, actor=actor)
    if transition in Order.CAME_BACK:
        raise TransitionNotAllowed(Order.objects.get(pk=order_id), transition)
    with transaction.atomic():
        if transition == Order.Transition.PAY and (
            paid := pay_by_hand(order_id=order_id, actor=actor)
        ):
            return paid
        order = transition_order(
            order_id=order_id,
            transition=transition,
            actor=actor,
            tracking=tracking,
            carrier=carrier,
        )
        notify_about_order(order.pk, str(transition), site)
        return order


def pay_by_hand(*, order_id: int, actor: User | None) -> Order | None:
    """Record what is left to pay as received; None when nothing is, as for a gift."""
    invoice = lock_invoice(invoice_of_order(order_id).pk)
    order = cast(Order, invoice.order)
    order.check_transition(Order.Transition.PAY)
    if invoice.balance <= 0:
        return None
    at_shop = order.payment_method == Order.PaymentMethod.SHOP
    method = Payment.Method.CASH if at_shop else Payment.Method.TRANSFER
    received = Received(invoice.balance, method, timezone.localdate())
    record_payment(invoice_id=invoice.pk, received=received, actor=actor)
    order.refresh_from_db()
    return order


def cancel_order(
    *,
    order_id: int,
    actor: User | None,
    because: Order.Ending = Order.Ending.SHOP,
    restore_bag: bool = False,
    reason: str = "",
) -> Order:
    """Cancel an unpaid order, once nobody can pay for it any more, and tell the customer.

    `restore_bag` puts its things back into the bag they came from, with what is left of their
    time. The `reason` stands in its history. Raises TransitionNotAllowed when it is paid, be it a
    moment ago; StillPayable when Stripe cannot say.
    """
    invoice = invoice_of_order(order_id)
    close_payments(invoice_id=invoice.pk)
    with transaction.atomic():
        invoice = lock_invoice(invoice.pk)
        if invoice.attempts.live().exists():
            # Opened by another click since.
            raise StillPayable
        is_unknown = because != Order.Ending.SHOP and is_strangers(cast(Order, invoice.order))
        order = transition_order(
            order_id=order_id,
            transition=Order.Transition.CANCEL,
            actor=actor,
            because=because,
            note=reason,
        )
        note = credit_cancelled(invoice, actor)
        if restore_bag:
            restore_bag_of(order)
        # What nobody has confirmed was told to nobody: its page says that it ended.
        elif not is_unknown:
            event = str(Order.Transition.CANCEL)
            notify_about_order(order.pk, event, invoice.site, enclosed=note)
    return order


def is_strangers(order: Order) -> bool:
    """Whether nobody knows that who has placed an order reads what is mailed to its address.

    A card that was never shown says nothing of it.
    """
    is_left = order.stage == OrderStage.PAY_BY_CARD and not is_reached(order)
    return order.is_unconfirmed or is_left


def restore_bag_of(order: Order) -> None:
    """Give pieces of an order that was cancelled in this transaction back to their bag.

    Their time went on meanwhile: what has ended is available for everybody. So is what has no room
    beside what was put into the bag since.
    """
    back = []
    for line in order.lines.filter(held_until__gt=Now()):
        piece = Piece.objects.available().filter(pk=line.piece_id)
        held = piece.update(
            held_by=order.bag_key,
            held_for=order.customer,
            held_since=line.held_since,
            held_until=line.held_until,
            renewals=line.renewals,
        )
        if held:
            back.append(line.piece_id)
            record_events(Piece.objects.filter(pk=line.piece_id), Kind.HELD, actor=order.customer)
    leave_what_fits(pieces=Piece.objects.filter(pk__in=back), bag_key=order.bag_key)
