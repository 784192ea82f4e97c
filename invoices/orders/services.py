from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple, cast

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from bag.exceptions import NotEnoughAvailable
from bag.services import choose_to_order
from invoices.documents.drafts import bill_order, invoice_of_order, lock_invoice
from invoices.documents.issuing import credit_cancelled
from invoices.exceptions import StillPayable, SummaryChanged
from invoices.mail import tell_about_order
from invoices.models import Payment
from invoices.models.card import SESSION_LIFE
from invoices.payments.card import close_payments, open_attempt
from invoices.payments.ledger import record_payment
from store.exceptions import MoveNotAllowed
from store.history import Kind, lock_lapsed, record, record_lapsed
from store.models import NO_HOLD, Item, Order, OrderLine, Piece, ShopProfile
from store.services import move_order

# What an order line remembers of the hold that it takes over.
HOLD = ["held_since", "held_until", "renewals"]


class Agreed(NamedTuple):
    """What the shopper saw of one item when agreeing to buy it."""

    quantity: int
    price: Decimal
    shipping: Decimal | None


@transaction.atomic
def place_order(*, order: Order, agreed: Mapping[int, Agreed], site: str) -> Order:
    """Order what was agreed, by item id, and return the order; or change nothing and raise.

    `order` is unsaved and filled in but for `pay_by`. The shopper's own pieces are
    taken first, then free ones. Sending the same `bag_key` and `bag_round` again
    returns the order that the first one placed: inserting it is what the second waits for.
    `site` is where links in mails lead, such as "https://example.com".

    Raises NotEnoughAvailable when a thing has gone to somebody else, SummaryChanged
    when a price or shipping is not the agreed one any more.
    """
    order.pay_by = Now() + time_to_pay(order)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Order.objects.get(bag_key=order.bag_key, bag_round=order.bag_round)
    items = Item.objects.select_for_update().filter(pk__in=agreed).order_by("pk")
    found = {item.pk: item for item in items}
    for item_id in sorted(agreed):
        if item_id not in found:
            raise NotEnoughAvailable(item_id=item_id, left=0)
        order_item(order=order, item=found[item_id], agreed=agreed[item_id])
    invoice = bill_order(order, site=site)
    if not invoice.total:
        # A gift needs nobody's money to be sold.
        move_order(order_id=order.pk, move=Order.Move.PAY, actor=None)
        tell_about_order(order.pk, "placed", site)
    elif order.payment_method == Order.PayBy.CARD:
        # With the order itself, so that no order waits for a card without an attempt to end it.
        open_attempt(invoice_id=invoice.pk, site=site)
    else:
        tell_about_order(order.pk, "placed", site)
    return order


def time_to_pay(order: Order) -> timedelta:
    """Cards are asked for at once, the rest has days."""
    if order.payment_method == Order.PayBy.CARD:
        return SESSION_LIFE
    return timedelta(days=ShopProfile.get_solo().days_to_pay)


def order_item(*, order: Order, item: Item, agreed: Agreed) -> None:
    """Move pieces of one locked item from the bag into the order."""
    if (item.price, item.shipping) != (agreed.price, agreed.shipping):
        raise SummaryChanged
    if order.delivery == Order.Delivery.SHIP and item.collection_only:
        raise SummaryChanged
    chosen = choose_to_order(item_id=item.pk, quantity=agreed.quantity, bag_key=order.bag_key)
    pieces = Piece.objects.filter(pk__in=chosen)
    own = Piece.objects.held_by(order.bag_key).filter(pk__in=chosen)
    holds = {hold.pop("pk"): hold for hold in own.values("pk", *HOLD)}
    record_lapsed(lock_lapsed(pieces))
    record(pieces, Kind.ORDERED, actor=order.customer, note=str(order))
    available = Piece.objects.available_to(order.bag_key).filter(pk__in=chosen)
    if available.update(order=order, **NO_HOLD) < agreed.quantity:
        raise NotEnoughAvailable(item_id=item.pk, left=0)
    sent = item.shipping if order.delivery == Order.Delivery.SHIP else None
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            piece_id=piece,
            title=item.title,
            price=item.price,
            shipping=sent or Decimal(0),
            **holds.get(piece, {}),
        )
        for piece in chosen
    )


def move_and_tell(
    *, order_id: int, move: Order.Move, actor: User | None, site: str, tracking: str = ""
) -> Order:
    """Move an order and mail the customer about it. Raises MoveNotAllowed, StillPayable."""
    if move == Order.Move.CANCEL:
        return cancel_order(order_id=order_id, actor=actor)
    with transaction.atomic():
        if move == Order.Move.PAY and (paid := pay_by_hand(order_id=order_id, actor=actor)):
            return paid
        order = move_order(order_id=order_id, move=move, actor=actor, tracking=tracking)
        tell_about_order(order.pk, str(move), site)
        return order


def pay_by_hand(*, order_id: int, actor: User | None) -> Order | None:
    """Record what is left to pay as received; None when nothing is, as for a gift."""
    invoice = lock_invoice(invoice_of_order(order_id).pk)
    order = cast(Order, invoice.order)
    if Order.Move.PAY not in order.moves:
        raise MoveNotAllowed(order=order, move=Order.Move.PAY)
    if invoice.balance <= 0:
        return None
    at_shop = order.payment_method == Order.PayBy.SHOP
    record_payment(
        invoice_id=invoice.pk,
        amount=invoice.balance,
        method=Payment.Method.CASH if at_shop else Payment.Method.TRANSFER,
        received_on=timezone.localdate(),
        actor=actor,
    )
    order.refresh_from_db()
    return order


def cancel_order(*, order_id: int, actor: User | None, give_back: bool = False) -> Order:
    """Cancel an unpaid order, once nobody can pay for it any more, and tell the customer.

    `give_back` puts its things back into the bag they came from, with what is left of their
    time. Raises MoveNotAllowed when it is paid, be it a moment ago; StillPayable when Stripe
    cannot say.
    """
    invoice = invoice_of_order(order_id)
    close_payments(invoice_id=invoice.pk)
    with transaction.atomic():
        invoice = lock_invoice(invoice.pk)
        if invoice.attempts.live().exists():
            # Opened by another click since.
            raise StillPayable
        order = move_order(order_id=order_id, move=Order.Move.CANCEL, actor=actor)
        credit_cancelled(invoice, actor)
        if give_back:
            hold_again(order)
        else:
            tell_about_order(order.pk, str(Order.Move.CANCEL), invoice.site)
    return order


def hold_again(order: Order) -> None:
    """Give pieces of an order that was cancelled in this transaction back to their bag.

    Their time went on meanwhile: what has ended is free for everybody.
    """
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
            record(Piece.objects.filter(pk=line.piece_id), Kind.HELD, actor=order.customer)
