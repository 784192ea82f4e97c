"""Row 32: the web and the counter want the same thing. Each promise stands beside a control."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from accounts.secrets import new_secret
from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from invoices.counter.selling import Sale, check_for_sale, sell
from invoices.exceptions import Held, NotForSale
from invoices.models import Payment
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order, OrderLine, Piece
from store.tests.factories import make_item, new_order
from tests.crowd import at_once, meeting

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SITE = "https://shop.example.com"
ROUNDS = 5
TOO_LATE = (NotEnoughAvailable, NotForSale, Held)


def by_web(item: Item, bag_key: str) -> Order:
    agreed = {item.pk: Agreed(1, item.price, item.shipping)}
    return place_order(order=new_order(bag_key), agreed=agreed, site=SITE)


def at_the_counter(item: Item, sam: User, reason: str = "") -> Any:
    paid = [(Payment.Method.CASH, item.price)]
    piece = item.pieces.get().pk
    sale = Sale([piece], [], item.price, paid, new_secret(), release_reason=reason)
    return sell(sale, actor=sam, site=SITE)


def outcomes(
    item: Item, sam: User, start: Callable[..., list[Any]] = at_once, **sold: Any
) -> Counter[str]:
    counter = sold.get("by", at_the_counter)
    tries = [partial(by_web, item, f"bag {item.pk} {number}") for number in range(6)]
    tries += [partial(counter, item, sam) for _ in range(3)]
    ends = start(tries)
    wrong = [end for end in ends if isinstance(end, Exception) and not isinstance(end, TOO_LATE)]
    assert wrong == []
    return Counter("too late" if isinstance(end, Exception) else "got it" for end in ends)


def test_a_buyer_on_the_web_and_one_at_the_counter_never_get_the_same_thing(sam: User) -> None:
    for _ in range(ROUNDS):
        clock = make_item()
        assert outcomes(clock, sam) == {"got it": 1, "too late": 8}
        assert OrderLine.objects.filter(piece__item=clock).count() == 1
        assert clock.pieces.get().order is not None


def sell_unguarded(item: Item, sam: User) -> Order:
    """Look, and write; as the counter would without locks."""
    piece = Piece.objects.with_state().get(item=item)
    check_for_sale(piece, Sale([piece.pk], [], piece.item.price, [], ""))
    order = new_order(new_secret())
    order.payment_due_at = piece.item.updated_at
    order.save()
    Piece.objects.filter(pk=piece.pk).update(order=order)
    return order


def test_control_a_counter_without_locks_sells_twice(sam: User) -> None:
    clock = make_item()
    tries = [partial(sell_unguarded, clock, sam)] * 3
    ends = meeting('UPDATE "store_piece"', tries)
    assert sum(isinstance(end, Order) for end in ends) == 3


def test_what_is_taken_out_of_a_bag_is_ordered_there_or_sold_here(sam: User) -> None:
    for number in range(ROUNDS):
        clock, bag = make_item(), f"bag {number}"
        hold_pieces(item_id=clock.pk, quantity=1, bag_key=bag)
        sold = partial(at_the_counter, clock, sam, "The buyer stands here")
        ends = at_once([partial(by_web, clock, bag), sold])

        assert sum(isinstance(end, TOO_LATE) for end in ends) == 1
        assert OrderLine.objects.filter(piece__item=clock).count() == 1
