from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bag.services import hold_pieces, renew_holds
from store.models import Item, Piece, ShopProfile
from store.templatetags.clock_time import clock_time


def length(piece: Piece) -> timedelta:
    assert piece.held_until
    assert piece.held_since
    return piece.held_until - piece.held_since


@pytest.fixture
def brief(db: None) -> None:
    profile = ShopProfile.get_solo()
    profile.hold_minutes = 5
    profile.save()


def test_the_profile_says_how_long_a_bag_holds(client: Client, clock: Item, brief: None) -> None:
    client.post(reverse("bag:add", args=[clock.pk]))

    piece = clock.pieces.get()
    assert length(piece) == timedelta(minutes=5)
    page = client.get(reverse("bag:detail")).content.decode()
    assert clock_time(piece.held_until) in page  # type: ignore[arg-type]
    assert "yours for 5 minutes" in client.get("/").content.decode()


def test_renewing_ends_after_eleven_times_of_it(clock: Item, brief: None) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")
    long_ago = clock.pieces.get().held_since - timedelta(minutes=53)  # type: ignore[operator]
    almost_over = long_ago + timedelta(minutes=53, seconds=30)
    Piece.objects.update(held_since=long_ago, held_until=almost_over)

    renew_holds(bag_key="alice")

    assert length(clock.pieces.get()) == timedelta(minutes=55)


def test_without_it_the_server_says_so(clock: Item) -> None:
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="alice")

    assert length(clock.pieces.get()) == timedelta(minutes=15)
