"""Each takes one protection out of the shop; the run that relies on it must then fail."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

import bag.views
import invoices.orders.views
from bag.exceptions import NotEnoughAvailable
from bag.lines import BagLine
from bag.services import Taken
from bag.session import Bag
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order, Piece


def check_then_write() -> None:
    bag.views.hold_pieces = hold_unguarded  # type: ignore[attr-defined]


def lines_from_the_session_alone() -> None:
    lines = Bag.__dict__["lines"].func
    Bag.want = want_in_the_session_alone  # type: ignore[method-assign]
    Bag.lines = property(lambda self: lines_wanted(self, lines(self)))  # type: ignore[assignment]


def locks_in_any_order() -> None:
    invoices.orders.views.place_order = place_order_in_any_order  # type: ignore[attr-defined]


def hold_unguarded(*, item_id: int, quantity: int, bag_key: str, **others: Any) -> Taken:
    """`hold_pieces` with both guards taken out: no lock, no second question."""
    item = Item.objects.get(pk=item_id)
    chosen = list(
        Piece.objects.available().filter(item=item_id).values_list("pk", flat=True)[:quantity]
    )
    if len(chosen) < quantity:
        raise NotEnoughAvailable(item_id=item_id, left=len(chosen))
    until = Now() + settings.HOLD_FOR
    Piece.objects.filter(pk__in=chosen).update(held_by=bag_key, held_since=Now(), held_until=until)
    return Taken(item.title, Counter({item_id: quantity}))


def want_in_the_session_alone(self: Bag, item_id: int, quantity: int) -> None:
    self.open()
    self._store({**self._wanted, str(item_id): {"quantity": quantity}})


def lines_wanted(self: Bag, lines: list[BagLine]) -> list[BagLine]:
    return [line for line in lines if str(line.item.pk) in self._wanted]


def place_order_in_any_order(*, agreed: Mapping[int, Agreed], **others: Any) -> Order:
    """`place_order` after its items were locked one by one, as they happen to come."""
    with transaction.atomic():
        for pk in random.sample(sorted(agreed), len(agreed)):
            Item.objects.select_for_update().get(pk=pk)
        return place_order(agreed=agreed, **others)
