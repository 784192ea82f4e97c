"""A slip of the finger is undone within the day, and who was told of it is told again."""

from datetime import timedelta
from typing import cast

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from invoices.documents.drafts import invoice_of_order
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.models import Invoice, Withdrawal
from store.exceptions import Refusal, TransitionNotAllowed
from store.history import Kind, lock_lapsed, record_events, record_lapsed
from store.models import NO_HOLD, Order, OrderEvent, OrderStage, Piece, ShopProfile
from store.services import lock_items

Transition = Order.Transition
A_DAY = timedelta(days=1)
# What staff do by one button, and the state that it leads to.
LEADS_TO = {
    Transition.READY: Order.State.READY,
    Transition.SHIP: Order.State.SHIPPED,
    Transition.COLLECT: Order.State.COLLECTED,
}


class ThingsTaken(Refusal):
    """A thing of a cancelled order is with somebody else by now, or not on sale."""

    words = _("It cannot be taken up again: not all of its things are available any more.")


def slip_of(order: Order) -> OrderEvent | None:
    """The last thing that was done with an order by hand, while it may be undone.

    Of one that is erased nothing may: nobody is left whose it would be.
    """
    if order.is_erased:
        return None
    event = order.events.order_by("pk").last()
    if event is None or event.kind or event.at <= timezone.now() - A_DAY:
        return None
    if event.transition == Transition.CANCEL:
        return event if is_reopenable(order) else None
    if order.stage == OrderStage.TAKEN_BACK:
        return None
    return event if LEADS_TO.get(Transition(event.transition)) == order.state else None


def is_reopenable(order: Order) -> bool:
    """Whether nothing but its end has come of a cancelled order: no paper, and no money back.

    While a withdrawal of it is open, such as because money has to go back, it would end it again.
    """
    invoice = Invoice.objects.filter(order=order).first()
    if order.state != Order.State.CANCELLED or invoice is None or not invoice.is_draft:
        return False
    if Withdrawal.objects.open().proven().filter(order=order).exists():
        return False
    has_gone_back = invoice.attempts.promised() or any(p.is_refund for p in invoice.payments.all())
    return not has_gone_back


def state_before(order: Order) -> Order.State:
    """In which state an order was before the last thing that was done with it."""
    states = [Order.State.OPEN]
    for event in order.events.order_by("pk"):
        if event.kind == OrderEvent.Kind.UNDONE:
            states.pop()
        elif state := not event.kind and LEADS_TO.get(Transition(event.transition)):
            states.append(state)
    return states[-2] if len(states) > 1 else Order.State.OPEN


@transaction.atomic
def undo(*, order_id: int, event_id: int, actor: User) -> Order:
    """Undo what an event tells of. Raises TransitionNotAllowed, ThingsTaken.

    `event_id` is what its page has shown: a second click undoes nothing more.
    """
    invoice = lock_invoice(invoice_of_order(order_id).pk)
    order = cast(Order, invoice.order)
    event = slip_of(order)
    if event is None or event.pk != event_id:
        raise TransitionNotAllowed(order, "undo")
    if event.transition == Transition.CANCEL:
        reopen(order, actor)
        notify_about_order(order.pk, "reopened", invoice.site)
        return order
    # The parcel's number stays, for the form that sends it anew.
    order.state = state_before(order)
    order.save(update_fields=["state"])
    order.record_change(OrderEvent.Kind.UNDONE, actor, event.summary)
    notify_about_order(order.pk, "slip", invoice.site)
    return order


def reopen(order: Order, actor: User) -> None:
    """Take a locked order that was cancelled up again, with all of its things, or with none."""
    lines = order.lines.filter(dropped_at=None)
    pieces = Piece.objects.filter(order_lines__in=lines)
    lock_items(pieces.values_list("item_id", flat=True))
    chosen = Piece.objects.available().filter(pk__in=pieces.values("pk")).lock()
    if chosen.count() < lines.count():
        raise ThingsTaken
    record_lapsed(lock_lapsed(chosen))
    record_events(chosen, Kind.ORDERED, actor=actor, note=str(order))
    chosen.update(order=order, **NO_HOLD)
    order.state, order.cancelled_because = Order.State.OPEN, ""
    # Staff's word stands for it.
    order.is_unconfirmed = False
    order.payment_due_at = Now() + ShopProfile.get_solo().time_to_pay
    written = ["state", "cancelled_because", "payment_due_at", "is_unconfirmed"]
    order.save(update_fields=written)
    order.record_change(OrderEvent.Kind.REOPENED, actor)
