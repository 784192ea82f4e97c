"""What has happened in the demo shop: holds of other visitors, and orders."""

from contextlib import suppress
from typing import NamedTuple

from django.db import transaction
from django.test.utils import override_settings

from accounts.models import User
from bag.exceptions import NotEnoughFree
from bag.services import hold_pieces, renew_holds
from invoices.services import Agreed, place_order
from repairshop.demo.people import demo_user
from repairshop.demo.things import demo_item
from store.models import Item, Order, Piece
from store.services import move_order

Move = Order.Move

# Bags of visitors who are never seen: which things are in each, and how many.
BAGS = {
    "demo-visitor-1": {"rangefinder-camera-35-mm": 1, "woven-guitar-strap": 2},
    "demo-visitor-2": {"step-through-bicycle-with-basket": 1},
    "demo-visitor-3": {"brass-microscope": 1, "enamel-mug": 1},
}


class Purchase(NamedTuple):
    """An order of the demo shop and how far it has come."""

    key: str
    things: list[str]
    name: str
    email: str
    delivery: Order.Delivery
    payment_method: Order.PayBy
    moves: list[Move]
    tracking: str = ""
    address: tuple[str, str, str, str] = ("", "", "", "")


ASHDOWN = ("Elm Row 4", "12347", "Exampleton", "Germany")
PURCHASES = [
    Purchase(
        "demo-order-1",
        ["metronome"],
        "Alice Ashdown",
        "alice@example.com",
        Order.Delivery.SHIP,
        Order.PayBy.TRANSFER,
        [Move.PAY, Move.SHIP],
        "DEMO 0049 1720",
        ASHDOWN,
    ),
    Purchase(
        "demo-order-2",
        ["alarm-clock-with-two-bells", "leather-saddle"],
        "Alice Ashdown",
        "alice@example.com",
        Order.Delivery.COLLECT,
        Order.PayBy.SHOP,
        [Move.READY, Move.PAY, Move.COLLECT],
    ),
    Purchase(
        "demo-order-3",
        ["folding-camera"],
        "Carla Conti",
        "carla@example.com",
        Order.Delivery.SHIP,
        Order.PayBy.TRANSFER,
        [],
        address=("Via dei Pini 3", "39100", "Bolzano", "Italy"),
    ),
    Purchase(
        "demo-order-4",
        ["tripod-table"],
        "Dan Dorsey",
        "dan@example.com",
        Order.Delivery.COLLECT,
        Order.PayBy.SHOP,
        [Move.READY],
    ),
]


def hold_for_visitors() -> None:
    """Put things into the bags of other visitors, or hold what is there for longer.

    What somebody else has taken since, or staff have taken out of the shop, is left alone.
    """
    for bag_key, things in BAGS.items():
        renew_holds(bag_key=bag_key)
        for slug, quantity in things.items():
            item = demo_item(slug)
            if item is None or Piece.objects.held_by(bag_key).filter(item=item).exists():
                continue
            with suppress(NotEnoughFree, Item.DoesNotExist):
                hold_pieces(item_id=item.pk, quantity=quantity, bag_key=bag_key)


def place_orders() -> int:
    """Place the orders that were never placed and move them on; return how many.

    One whose things are not free any more is left out.
    """
    keys = [purchase.key for purchase in PURCHASES]
    placed = set(Order.objects.filter(bag_key__in=keys).values_list("bag_key", flat=True))
    missing = [purchase for purchase in PURCHASES if purchase.key not in placed]
    return sum(buy(purchase) for purchase in missing)


def buy(purchase: Purchase) -> bool:
    # Nobody waits for mails about these orders, and the addresses are not real.
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        try:
            place_and_move(purchase)
        except NotEnoughFree:
            return False
    return True


@transaction.atomic
def place_and_move(purchase: Purchase) -> None:
    items = [item for slug in purchase.things if (item := demo_item(slug))]
    if len(items) < len(purchase.things):
        raise NotEnoughFree(item_id=0, left=0)
    agreed = {item.pk: Agreed(1, item.price, item.shipping) for item in items}
    order = place_order(order=unsaved(purchase), agreed=agreed, site="http://localhost")
    actor = demo_user("sam@example.com")
    for move in purchase.moves:
        tracking = purchase.tracking if move == Move.SHIP else ""
        move_order(order_id=order.pk, move=move, actor=actor, tracking=tracking)


def unsaved(purchase: Purchase) -> Order:
    street, postcode, city, country = purchase.address
    customer: User | None = demo_user(purchase.email)
    return Order(
        bag_key=purchase.key,
        bag_round=0,
        customer=customer,
        name=purchase.name,
        email=purchase.email,
        delivery=purchase.delivery,
        payment_method=purchase.payment_method,
        street=street,
        postcode=postcode,
        city=city,
        country=country,
    )
