"""Two records of one person are joined while a colleague writes what is to be one's of them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import locking
from accounts.admin.versions import version_of
from accounts.groups import MANAGERS
from accounts.joining import join_people
from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from bag.asked.models import ShippingRequest
from bag.asked.services import offer_shipping
from bag.reservations import reserve_piece
from invoices.counter.chosen import version_of as version_of_piece
from invoices.counter.selling import Sale, sell
from invoices.models import Payment
from store.models import Item
from store.tests.factories import make_item
from tests.crowd import at_once
from tests.test_account_race import beside

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROUNDS = 5
NO_CHANGE = {"customer-TOTAL_FORMS": "0", "customer-INITIAL_FORMS": "0"}


def test_whoever_saves_a_form_writes_no_old_row_back() -> None:
    mo = make_staff("mo@example.com", group=MANAGERS)
    request = RequestFactory().get("/")
    request.user = mo
    client = Client()
    client.force_login(mo)
    for number in range(ROUNDS):
        kept, lost = (make_user(f"{name}{number}@example.com") for name in ("kept", "lost"))
        form = {"email": lost.email, "name": "Ann", "is_active": "on", "is_staff": "on"}
        address = reverse("admin:accounts_user_change", args=[lost.pk])
        form["version"] = version_of(lost)
        save = partial(client.post, address, {**form, **NO_CHANGE})
        join = partial(join_people, lost_id=lost.pk, kept_id=kept.pk, request=request)
        _saved, joined = at_once([save, join])

        lost.refresh_from_db()
        # Either the form came first, and nobody is joined who works here, or it was refused.
        if isinstance(joined, User):
            assert (lost.merged_into, lost.is_active, lost.is_staff) == (kept, False, False)
        else:
            assert lost.is_staff


Act = Callable[[], Any]
SITE = "https://shop.example.com"


def until() -> Any:
    return timezone.now() + timedelta(days=2)


def reserving(item: Item, lost: User, sam: User) -> Act:
    said: dict[str, Any] = {"until": until(), "actor": sam, "reason": "Rang up"}
    return partial(reserve_piece, piece=item.pieces.get(), customer=lost, **said)


def offering(item: Item, lost: User, sam: User) -> Act:
    where = {"email": lost.email, "country_code": "BR", "city": "Santos"}
    asked = ShippingRequest.objects.create(item=item, customer=lost, **where)
    said: dict[str, Any] = {"price": Decimal(9), "until": until(), "text": "", "actor": sam}
    return partial(offer_shipping, request_id=asked.pk, **said)


def selling(item: Item, lost: User, sam: User, email: str = "", kept: Any = ()) -> Act:
    paid, key = [(Payment.Method.CASH, item.price)], f"key {item.pk}"
    sale = Sale([item.pieces.get().pk], [], item.price, paid, key, email=email, kept=kept)
    return partial(sell, sale, actor=sam, site=SITE)


def selling_to_an_address(item: Item, lost: User, sam: User) -> Act:
    return selling(item, lost, sam, lost.email)


def selling_what_is_kept(item: Item, lost: User, sam: User) -> Act:
    reserving(item, lost, sam)()
    return selling(item, lost, sam, kept=[version_of_piece(item.pieces.get())])


# Each with the first that it writes under the person's name, and what the joining writes of it.
WRITTEN = [
    (reserving, 'UPDATE "store_piece"', 'UPDATE "store_piece"'),
    (offering, 'UPDATE "store_piece"', 'UPDATE "bag_shippingrequest"'),
    (selling_to_an_address, 'INSERT INTO "store_order"', 'UPDATE "store_order"'),
    (selling_what_is_kept, 'UPDATE "store_order"', 'UPDATE "store_piece"'),
]


def names(sam: User, *, joined_first: bool) -> list[str]:
    """Under which record each stands that is written while two are joined."""
    request = RequestFactory().get("/")
    request.user, found = sam, []
    for number, (begin, writes, moves) in enumerate(WRITTEN):
        kept, lost = (make_user(f"{name}{number}@example.com") for name in ("kept", "lost"))
        item = make_item()
        act = begin(item, lost, sam)
        join = partial(join_people, lost_id=lost.pk, kept_id=kept.pk, request=request)
        ends = beside(moves, join, act) if joined_first else beside(writes, act, join)
        assert not [end for end in ends if isinstance(end, Exception)]
        piece = item.pieces.get()
        owner = piece.order.customer if piece.order else piece.held_for
        found.append(owner.name.rstrip("0123456789") if owner else "")
    return found


@pytest.mark.postgresql
@pytest.mark.parametrize("joined_first", [False, True])
def test_what_is_to_be_somebodys_is_the_kept_records(sam: User, *, joined_first: bool) -> None:
    assert names(sam, joined_first=joined_first) == ["Kept"] * len(WRITTEN)


@pytest.mark.postgresql
def test_control_without_the_lock_it_is_the_closed_ones(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "lock_row", lambda user: User.objects.get(pk=user.pk))

    # Whoever answers has locked the question, which the joining waits for before it moves things.
    assert names(sam, joined_first=False) == ["Lost", "Kept", "Lost", "Lost"]
