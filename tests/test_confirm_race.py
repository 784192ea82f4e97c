"""Row 28 at its narrowest: several confirm one order, and several strangers order, at once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from accounts.models import User
from bag.services import hold_pieces
from invoices.mail.orders import notify_about_order
from invoices.orders import confirming
from invoices.orders.confirming import confirm_order, follow_link
from invoices.orders.placing import Agreed, place_order
from mail.models import Mail
from store.exceptions import TransitionNotAllowed
from store.models import Item, Order, OrderStage
from store.models.terms import terms_in_force
from store.tests.factories import make_item, new_order
from store.unconfirmed import held_for_orders
from tests.crowd import at_once, meeting

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SITE = "https://shop.example.com"
BOUND = 2


@pytest.fixture(autouse=True)
def strangers_confirm(settings: Settings) -> None:
    settings.CONFIRM_MINUTES = 60
    settings.UNCONFIRMED_PIECES = BOUND


def order(item: Item) -> Order:
    """One of a stranger whom nobody has met, of what lies in their bag."""
    bag = f"bag {item.pk}"
    hold_pieces(item_id=item.pk, quantity=1, bag_key=bag)
    placed = new_order(bag)
    placed.email = f"stranger{item.pk}@example.com"
    agreed = {item.pk: Agreed(1, item.price, item.shipping)}
    return place_order(order=placed, agreed=agreed, site=SITE, is_bounded=True)


def told_that_it_is_placed() -> int:
    return Mail.objects.filter(event="invoices.placed").exclude(to="shop@example.com").count()


def test_followed_by_several_and_confirmed_by_staff_it_is_placed_once(sam: User) -> None:
    for number in range(1, 4):
        placed = order(make_item())
        follow = partial(follow_link, placed)
        by_staff = partial(confirm_order, order_id=placed.pk, actor=sam)
        ends = at_once([follow, follow, follow, by_staff, by_staff])

        wrong = [end for end in ends if isinstance(end, Exception)]
        assert all(isinstance(end, TransitionNotAllowed) for end in wrong)
        # The link, followed late, says the same; who of the staff comes late is told.
        assert sum(isinstance(end, Order) for end in ends[:3]) == 3
        assert Order.objects.get(pk=placed.pk).stage == OrderStage.TRANSFER
        assert placed.pieces.get().held_by is None
        assert told_that_it_is_placed() == number


def confirm_carelessly(order_id: int) -> None:
    """Look, and write; as it would be without locks."""
    order = Order.objects.get(pk=order_id)
    if not order.is_unconfirmed:
        raise TransitionNotAllowed(order, Order.Transition.CONFIRM)
    Order.objects.filter(pk=order_id).update(is_unconfirmed=False)
    notify_about_order(order_id, "placed", SITE)


def test_control_who_looks_and_writes_tells_it_twice() -> None:
    placed = order(make_item())
    meeting('UPDATE "store_order"', [partial(confirm_carelessly, placed.pk)] * 2)
    assert told_that_it_is_placed() == 2


def orders_at_once(start: Callable[..., list[Any]] = at_once) -> Counter[str]:
    """How many of six strangers' orders are kept longer than a bag would keep what is in it."""
    ends = start([partial(order, make_item()) for _ in range(6)])
    assert [end for end in ends if isinstance(end, Exception)] == []
    long = held_for_orders().filter(held_until__gt=F("held_since") + timedelta(hours=1))
    return Counter(kept=long.filter(held_until__gt=Now()).count(), orders=Order.objects.count())


def test_all_that_strangers_order_at_once_binds_no_more_than_it_may() -> None:
    assert orders_at_once() == {"kept": BOUND, "orders": 6}


@pytest.mark.postgresql
def test_control_without_their_turn_all_of_it_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "lock", lambda name: None)
    # Else all wait for whoever writes them down first.
    terms_in_force()
    all_have_counted = partial(meeting, 'INSERT INTO "accounts_mail"')
    assert orders_at_once(all_have_counted) == {"kept": 6, "orders": 6}
