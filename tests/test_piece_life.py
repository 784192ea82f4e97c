"""Every move of a piece is in its history, by whichever way it was made."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bag.reservations import extend_holds, release_pieces, reserve_piece
from bag.services import hold_pieces, release_holds, release_lapsed_holds, renew_holds
from bag.waitlist.services import join_waitlist, offer_to_next
from invoices.orders.placing import Agreed, place_order
from store.models import Item, Order, Piece
from store.services import return_pieces, transition_order, withdraw_pieces
from store.tests.factories import new_order
from store.tests.time import let_holds_lapse, let_pass

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

Move = Order.Transition
rounds = count()


def history(item: Item) -> list[str]:
    return [event.kind for event in item.pieces.get().events.order_by("pk")]


def hold(item: Item, bag_key: str = "alice") -> None:
    hold_pieces(item_id=item.pk, quantity=1, bag_key=bag_key)


def order(item: Item, *moves: Move) -> None:
    """Order what is in alice's bag, and move the order."""
    agreed = {item.pk: Agreed(1, Decimal("120.00"), Decimal("9.90"))}
    placed = place_order(
        order=new_order("alice", next(rounds)), agreed=agreed, site="http://localhost"
    )
    for move in moves:
        transition_order(order_id=placed.pk, transition=move, actor=None)


def life_in_bags(item: Item) -> Iterator[str]:
    hold(item)
    yield "held"
    let_pass(timedelta(minutes=10))
    renew_holds(bag_key="alice")
    yield "renewed"
    let_holds_lapse()
    release_lapsed_holds()
    yield "lapsed"
    hold(item, "bob")
    yield "held"
    release_holds(bag_key="bob")
    yield "released"


def life_at_the_counter(item: Item, actor: User) -> Iterator[str]:
    until = timezone.now() + timedelta(days=1)
    reason = "Rang up"
    reserve_piece(piece=item.pieces.get(), until=until, customer=None, actor=actor, reason=reason)
    yield "reserved"
    extend_holds(pieces=Piece.objects.all(), until=until, actor=actor, reason=reason)
    yield "extended"
    release_pieces(pieces=Piece.objects.all(), actor=actor, reason=reason)
    yield "released"
    withdraw_pieces(item.pieces.all(), actor=actor)
    yield "withdrawn"
    return_pieces(item.pieces.all(), actor=actor)
    yield "returned"


def life_in_orders(item: Item) -> Iterator[str]:
    hold(item)
    yield "held"
    order(item, Move.CANCEL)
    yield from ("ordered", "cancelled")
    hold(item)
    yield "held"
    order(item, Move.PAY)
    yield from ("ordered", "sold")


def test_the_whole_life_of_a_piece_is_in_its_history(clock: Item, sam: User) -> None:
    lives = [*life_in_bags(clock), *life_at_the_counter(clock, sam), *life_in_orders(clock)]

    assert history(clock) == ["in", *lives]


def test_what_is_offered_and_passed_on_is_in_it(clock: Item) -> None:
    hold(clock)
    for email in ("carla@example.com", "dan@example.com"):
        join_waitlist(
            item=clock, email=email, customer=None, bag_key=email, address="", site="http://test"
        )
    for _ in range(2):
        let_holds_lapse()
        offer_to_next(item_id=clock.pk)

    assert history(clock) == ["in", "held", "lapsed", "offered", "lapsed", "offered"]


@pytest.mark.parametrize("end", ["sweep", "take", "order", "reserve", "withdraw"])
def test_a_lapse_is_written_once_whoever_ends_it(clock: Item, sam: User, end: str) -> None:
    hold(clock)
    let_holds_lapse()
    until, piece = timezone.now() + timedelta(days=1), clock.pieces.get()
    match end:
        case "take":
            hold(clock, "bob")
        case "order":
            order(clock)
        case "reserve":
            reserve_piece(piece=piece, until=until, customer=None, actor=sam, reason="Rang up")
        case "withdraw":
            withdraw_pieces([piece])

    release_lapsed_holds()

    assert history(clock)[:3] == ["in", "held", "lapsed"]
    assert history(clock).count("lapsed") == 1
    assert clock.pieces.get().events.get(kind="lapsed").at == piece.held_until


def test_what_a_customer_gives_back_by_logging_out_is_in_it(
    client: Client, clock: Item, alice: User
) -> None:
    client.force_login(alice)
    client.post(reverse("bag:add", args=[clock.pk]), {"quantity": 1})

    client.post(reverse("accounts:logout"), {"bag": "release"})

    assert history(clock) == ["in", "held", "released"]
    actors = clock.pieces.get().events.order_by("pk").values_list("actor", flat=True)
    assert list(actors) == [None, alice.pk, alice.pk]
