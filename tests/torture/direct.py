"""Processes that shop by the services which the pages call, without HTTP between."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from random import Random

from django.db import DatabaseError, connection

from bag.services import hold_pieces
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order
from store.services import transition_order
from store.tests.factories import new_order
from tests.torture.fork import FORK, connect_anew

PROCESSES = 8


@contextmanager
def shopping_beside(
    seed: str, things: Sequence[Item], *, each: int, checkouts: int
) -> Iterator[list[Future[Counter[str]]]]:
    """Let processes make so many checkouts together, of `each` things, while the block runs."""
    with ProcessPoolExecutor(PROCESSES, FORK, initializer=connect_anew) as pool:
        shares = [len(range(place, checkouts, PROCESSES)) for place in range(PROCESSES)]
        yield [
            pool.submit(shop_directly, f"{seed} {place}", things, each, share)
            for place, share in enumerate(shares)
        ]


def shop_directly(seed: str, things: Sequence[Item], each: int, checkouts: int) -> Counter[str]:
    dice = Random(seed)
    found: Counter[str] = Counter()
    for number in range(checkouts):
        try:
            check_out(f"direct {seed} {number}", dice.sample(things, each))
            found["orders"] += 1
        except DatabaseError as error:
            found.update(["errors", f"error {type(error.__cause__ or error).__name__}"])
    connection.close()
    return found


def check_out(bag_key: str, things: Sequence[Item]) -> None:
    """Hold the things in this order, order them together, and cancel."""
    for item in things:
        hold_pieces(item_id=item.pk, quantity=1, bag_key=bag_key)
    agreed = {item.pk: Agreed(1, item.price, item.shipping) for item in things}
    order = place_order(order=new_order(bag_key), agreed=agreed, site="http://localhost")
    transition_order(order_id=order.pk, transition=Order.Transition.CANCEL, actor=None)
