"""An order follows its money: what is paid, owed again or taken back is said by its stage."""

from django.db.models.functions import Now

from accounts.models import User
from invoices.models import Invoice
from store.models import Order, OrderLine
from store.services import transition_order

Transition = Order.Transition


def follow_money(invoice: Invoice, actor: User | None) -> None:
    """Move the order of a locked invoice to where its balance puts it; nobody is mailed.

    Called after whatever changes a balance. What was ordered and never paid, and is taken back by
    credit notes, is cancelled without asking Stripe: what is paid for it later goes back by itself.
    """
    if invoice.order_id is None:
        return
    order = Order.objects.get(pk=invoice.order_id)
    possible = Order.TRANSITIONS[order.stage]
    wanted = [each for each in transitions_wanted(invoice, order) if each in possible]
    if wanted:
        ending = Order.Ending.CREDITED if wanted[0] == Transition.CANCEL else None
        invoice.order = transition_order(
            order_id=order.pk, transition=wanted[0], actor=actor, because=ending
        )


def mark_taken_back(invoice: Invoice) -> None:
    """Write down which things of an order an issued credit note has taken the last of."""
    if invoice.order_id is None:
        return
    left, billed = invoice.creditable, set()
    gone = []
    # The line of a thing comes before that of its shipping, and a discount is none.
    for line in sorted(invoice.lines.all(), key=lambda line: line.pk):
        if line.piece_id and line.piece_id not in billed:
            billed.add(line.piece_id)
            gone += [line.piece_id] if line.total and not left[line.pk] else []
    lines = OrderLine.objects.filter(order=invoice.order_id, taken_back_at=None, piece__in=gone)
    lines.update(taken_back_at=Now())


def transitions_wanted(invoice: Invoice, order: Order) -> list[Order.Transition]:
    """What the money asks for; of several, the first that the order allows."""
    if invoice.is_taken_back:
        return [Transition.CANCEL, Transition.TAKE_BACK]
    if order.paid_at and invoice.credited and all(line.is_gone for line in order.lines.all()):
        # Shipping was kept.
        return [Transition.TAKE_BACK]
    if invoice.balance > 0:
        return [Transition.OWE] if order.paid_at else []
    return [Transition.PAY]
