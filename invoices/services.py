from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.models import User
from bag.exceptions import NotEnoughFree
from bag.services import choose_to_order
from invoices.exceptions import SummaryChanged
from invoices.mail import tell_about_order
from invoices.models import Invoice
from store.history import Kind, lock_lapsed, record, record_lapsed
from store.models import NO_HOLD, Item, Order, OrderLine, Piece, ShopProfile
from store.services import move_order


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

    Raises NotEnoughFree when a thing has gone to somebody else, SummaryChanged
    when a price or shipping is not the agreed one any more.
    """
    order.pay_by = Now() + timedelta(days=ShopProfile.get_solo().days_to_pay)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Order.objects.get(bag_key=order.bag_key, bag_round=order.bag_round)
    items = Item.objects.select_for_update().filter(pk__in=agreed).order_by("pk")
    found = {item.pk: item for item in items}
    for item_id in sorted(agreed):
        if item_id not in found:
            raise NotEnoughFree(item_id=item_id, left=0)
        order_item(order=order, item=found[item_id], agreed=agreed[item_id])
    Invoice.objects.create(order=order)
    tell_about_order(order.pk, "placed", site)
    return order


def order_item(*, order: Order, item: Item, agreed: Agreed) -> None:
    """Move pieces of one locked item from the bag into the order."""
    if (item.price, item.shipping) != (agreed.price, agreed.shipping):
        raise SummaryChanged
    if order.delivery == Order.Delivery.SHIP and item.collection_only:
        raise SummaryChanged
    chosen = choose_to_order(item_id=item.pk, quantity=agreed.quantity, bag_key=order.bag_key)
    pieces = Piece.objects.filter(pk__in=chosen)
    record_lapsed(lock_lapsed(pieces))
    record(pieces, Kind.ORDERED, actor=order.customer, note=str(order))
    available = Piece.objects.available_to(order.bag_key).filter(pk__in=chosen)
    if available.update(order=order, **NO_HOLD) < agreed.quantity:
        raise NotEnoughFree(item_id=item.pk, left=0)
    sent = item.shipping if order.delivery == Order.Delivery.SHIP else None
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            piece_id=piece,
            title=item.title,
            price=item.price,
            shipping=sent or Decimal(0),
        )
        for piece in chosen
    )


@transaction.atomic
def move_and_tell(
    *, order_id: int, move: Order.Move, actor: User | None, site: str, tracking: str = ""
) -> Order:
    """Move an order and mail the customer about it. Raises MoveNotAllowed."""
    order = move_order(order_id=order_id, move=move, actor=actor, tracking=tracking)
    tell_about_order(order.pk, str(move), site)
    return order
