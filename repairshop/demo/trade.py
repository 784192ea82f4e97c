"""What has happened in the demo shop: holds of other visitors, a line, and orders."""

from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from bag.exceptions import NotEnoughAvailable, NothingToWaitFor, WaitlistLimitReached
from bag.reservations import reserve_piece
from bag.services import hold_pieces, renew_holds
from bag.waitlist.services import join_waitlist
from invoices.orders.placing import Agreed, place_order
from invoices.orders.transitions import transition_and_notify
from repairshop.demo.people import demo_user, write_mails_off
from repairshop.demo.site import SITE
from repairshop.demo.things import demo_item
from store.models import Item, Order, Piece
from store.shipping.zones import send, zones_now
from typed.countries import country_code

Transition = Order.Transition

# Bags of visitors who are never seen: which things are in each, and how many.
BAGS = {
    "demo-visitor-1": {"rangefinder-camera-35-mm": 1, "woven-guitar-strap": 2},
    "demo-visitor-2": {"step-through-bicycle-with-basket": 1},
    "demo-visitor-3": {"brass-microscope": 1, "enamel-mug": 1},
}
# What alice waits for, and what sam keeps for bob.
WAITED_FOR = "brass-microscope"
RESERVED = "three-legged-stool"
RESERVED_FOR = timedelta(days=3)


class Purchase(NamedTuple):
    """An order of the demo shop and how far it has come."""

    key: str
    things: list[str]
    name: str
    email: str
    delivery: Order.Delivery
    payment_method: Order.PaymentMethod
    transitions: list[Transition]
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
        Order.PaymentMethod.TRANSFER,
        [Transition.PAY, Transition.SHIP],
        "DEMO 0049 1720",
        ASHDOWN,
    ),
    Purchase(
        "demo-order-2",
        ["alarm-clock-with-two-bells", "leather-saddle"],
        "Alice Ashdown",
        "alice@example.com",
        Order.Delivery.COLLECT,
        Order.PaymentMethod.SHOP,
        [Transition.READY, Transition.PAY, Transition.COLLECT],
    ),
    Purchase(
        "demo-order-3",
        ["folding-camera"],
        "Carla Conti",
        "carla@example.com",
        Order.Delivery.SHIP,
        Order.PaymentMethod.TRANSFER,
        [],
        address=("Via dei Pini 3", "39100", "Bolzano", "Italy"),
    ),
    Purchase(
        "demo-order-4",
        ["tripod-table"],
        "Dan Dorsey",
        "dan@example.com",
        Order.Delivery.COLLECT,
        Order.PaymentMethod.SHOP,
        [Transition.READY],
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
            with suppress(NotEnoughAvailable, Item.DoesNotExist):
                hold_pieces(item_id=item.pk, quantity=quantity, bag_key=bag_key)


def join_a_waitlist() -> None:
    """Let a customer be next for a thing in another visitor's bag."""
    item, alice = demo_item(WAITED_FOR), demo_user("alice@example.com")
    if item and alice:
        with suppress(NothingToWaitFor, WaitlistLimitReached):
            join_waitlist(
                item=item,
                email=alice.email,
                customer=alice,
                bag_key="",
                address="",
                site=SITE,
            )


def reserve() -> None:
    """Keep a thing for a customer who has rung up, unless it is not available."""
    item, sam = demo_item(RESERVED), demo_user("sam@example.com")
    piece = item and item.pieces.available().first()
    if piece and sam:
        with suppress(NotEnoughAvailable):
            reserve_piece(
                piece=piece,
                until=timezone.now() + RESERVED_FOR,
                customer=demo_user("bob@example.com"),
                actor=sam,
                reason="Rang up, fetches it with the car.",
            )


def place_orders() -> int:
    """Place the orders that were never placed and move them on; return how many.

    One whose things are not available any more is left out.
    """
    keys = [purchase.key for purchase in PURCHASES]
    placed = set(Order.objects.filter(bag_key__in=keys).values_list("bag_key", flat=True))
    missing = [purchase for purchase in PURCHASES if purchase.key not in placed]
    return sum(buy(purchase) for purchase in missing)


def buy(purchase: Purchase) -> bool:
    try:
        place_and_move(purchase)
    except NotEnoughAvailable:
        return False
    return True


@transaction.atomic
def place_and_move(purchase: Purchase) -> None:
    items = [item for slug in purchase.things if (item := demo_item(slug))]
    if len(items) < len(purchase.things):
        raise NotEnoughAvailable(item_id=0, left=0)
    order = unsaved(purchase)
    sent = send([(item, 1) for item in items], country_code(order.country), zones_now()).prices
    agreed = {item.pk: Agreed(1, item.price, sent.get(item.pk)) for item in items}
    order = place_order(order=order, agreed=agreed, site=SITE)
    actor = demo_user("sam@example.com")
    for transition in purchase.transitions:
        tracking = purchase.tracking if transition == Transition.SHIP else ""
        transition_and_notify(
            order_id=order.pk, transition=transition, actor=actor, site=SITE, tracking=tracking
        )
    write_mails_off()


def unsaved(purchase: Purchase) -> Order:
    street, postcode, city, country = purchase.address
    customer: User | None = demo_user(purchase.email)
    return Order(
        bag_key=purchase.key,
        checkout_number=0,
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
