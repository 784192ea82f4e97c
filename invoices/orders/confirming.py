"""Orders on a promise of whoever may not own their address: confirmed by a link in a mail to it.

Reached is an address to which we have mailed a link that somebody has followed, and only whoever
has followed it is known by that: anybody else who types it may type what they like into our mails.
That an order's page was seen says nothing: whoever has placed the order is led there.
"""

from datetime import timedelta
from decimal import Decimal
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Now

from accounts.addresses import is_same
from accounts.models import User
from bag.locks import lock
from invoices.documents.drafts import invoice_of_order
from invoices.locking import lock_invoice
from invoices.mail.orders import notify_about_order
from invoices.orders.unpaid import TooManyUnconfirmed
from mail.models import GIVE_UP, Mail
from mail.sending import has_server
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderStage
from store.services import transition_order
from store.unconfirmed import held_for, held_for_orders

ORDERS_A_ROUND = 100
# Put off so often, a mail is answered: a stranger’s server may do so for as long as it likes.
TIMES_PUT_OFF = 5


def is_reached(order: Order) -> bool:
    """Whether whoever has placed an order is known to follow the links that its address gets.

    An account says so of its own address alone, for its owner may type any other; a browser, by its
    bag, of the address of an order that was confirmed by its link.
    """
    account = order.customer
    if account and account.is_checked and is_same(account.email, order.email):
        return True
    mine = Order.objects.filter(bag_key=order.bag_key, reached_at__isnull=False)
    return any(is_same(email, order.email) for email in mine.values_list("email", flat=True))


def limited_as(order: Order) -> str:
    """For whom an order counts where so many an hour are taken: strangers may type any address."""
    return f"own {order.email}" if is_reached(order) else order.email


def must_be_confirmed(order: Order) -> bool:
    """Whether a promise waits for its link. Those that do take turns: together they are bounded."""
    if not settings.CONFIRM_MINUTES or is_reached(order):
        return False
    lock("unconfirmed orders")
    return True


def ask_to_confirm(order: Order, site: str) -> None:
    """Mail the link, once. Where the shop binds enough unconfirmed already, the link comes first.

    The order then keeps its things no longer than the bag would have. Raises TooManyUnconfirmed
    when the bag did not hold them.
    """
    if are_too_many():
        if order.lines.exclude(held_until__gt=Now()).exists():
            raise TooManyUnconfirmed
        first = order.lines.aggregate(first=Min("held_until"))["first"]
        until = min(first, order.confirm_by or first)
        Order.objects.filter(pk=order.pk).update(confirm_by=until)
        held_for(order).update(held_until=until)
    if order.confirmation_id:
        return
    order.confirmation = notify_about_order(order.pk, "unconfirmed", site)
    order.save(update_fields=["confirmation"])


def are_too_many() -> bool:
    """Whether all orders that wait to be confirmed, this one among them, bind too much."""
    bound = held_for_orders().aggregate(pieces=Count("pk"), value=Sum("item__price"))
    value = bound["value"] or Decimal(0)
    return bound["pieces"] > settings.UNCONFIRMED_PIECES or value > settings.UNCONFIRMED_VALUE


@transaction.atomic
def confirm_order(*, order_id: int, actor: User | None = None) -> Order:
    """Let an order have what is held for it, and tell customer and shop that it is placed.

    By staff, who are then the `actor`, or by the link. Raises TransitionNotAllowed when its time
    is up, or it is confirmed already.
    """
    invoice = lock_invoice(invoice_of_order(order_id).pk)
    cast(Order, invoice.order).check_transition(Order.Transition.CONFIRM)
    # A gift needs nobody's money to be sold.
    transition = Order.Transition.CONFIRM if invoice.total else Order.Transition.PAY
    order = transition_order(order_id=order_id, transition=transition, actor=actor)
    notify_about_order(order.pk, "placed", invoice.site)
    return order


def follow_link(order: Order) -> Order:
    """Confirm an order by its link; whatever becomes of it, its address is reached.

    Followed twice, it is confirmed once. Raises TransitionNotAllowed when its time is up.
    """
    mine = Order.objects.filter(pk=order.pk)
    mine.filter(reached_at=None).update(reached_at=Now())
    try:
        return confirm_order(order_id=order.pk)
    except TransitionNotAllowed:
        order = mine.get()
        if order.stage in {OrderStage.UNCONFIRMED, OrderStage.LAPSED, OrderStage.CANCELLED}:
            raise
        return order


def begin_confirming() -> int:
    """Let orders end some time after the mail with their link has left, or was refused for good, or
    so often that it may be for ever.

    While no mail leaves, or there is no server for them, staff decide.
    """
    if not has_server():
        return 0
    left = Q(confirmation__state=Mail.State.SENT)
    refused = Q(confirmation__state=Mail.State.FAILED, confirmation__queued_at__gt=Now() - GIVE_UP)
    put_off = Q(
        confirmation__state=Mail.State.QUEUED,
        confirmation__tries__gte=TIMES_PUT_OFF,
        # As `mail.sending` writes down what a server has said of this mail.
        confirmation__last_error__regex=r"^SMTP(RecipientsRefused|DataError):",
    )
    unconfirmed = Order.objects.at_stage(OrderStage.UNCONFIRMED).filter(confirm_by=None)
    waiting = unconfirmed.filter(left | refused | put_off)
    return sum(begin(pk) for pk in waiting.values_list("pk", flat=True)[:ORDERS_A_ROUND])


@transaction.atomic
def begin(order_id: int) -> bool:
    waiting = Order.objects.filter(pk=order_id, is_unconfirmed=True, confirm_by=None)
    order = waiting.select_for_update(of=["self"]).select_related("confirmation").first()
    if order is None or order.confirmation is None:
        return False
    left_at = order.confirmation.sent_at or Now()
    order.confirm_by = left_at + timedelta(minutes=settings.CONFIRM_MINUTES)
    order.save(update_fields=["confirm_by"])
    order.refresh_from_db(fields=["confirm_by"])
    held_for(order).update(held_until=order.confirm_by)
    return True
