"""What a bag's pages say comes from the pieces, and looking or failing changes none."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from bag.models import RateLimit
from bag.services import hold_pieces
from store.models import Item, Piece
from store.tests.factories import make_item
from store.tests.time import let_pass

pytestmark = pytest.mark.django_db

PAGES = ["bag:detail", "bag:state", "bag:renew", "store:front", "invoices:checkout"]


def add(client: Client, item: Item) -> None:
    client.post(reverse("bag:add", args=[item.pk]), {"quantity": 1})


def holds() -> list[Any]:
    return list(Piece.objects.order_by("pk").values())


@pytest.fixture
def bag(client: Client, clock: Item, settings: Settings) -> Client:
    """A visitor whose clock has been held for a third of its time."""
    add(client, clock)
    let_pass(settings.HOLD_FOR / 3)
    return client


def test_a_thing_that_the_session_does_not_know_of_is_listed(bag: Client) -> None:
    # A tab that had read its session earlier has saved it over that of this one.
    lamp = make_item(title="Lamp")
    hold_pieces(item_id=lamp.pk, quantity=1, bag_key=bag.session["bag"]["key"])

    assert "Lamp" in bag.get(reverse("bag:detail")).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_to_look_at_a_page_prolongs_nothing(bag: Client, page: str) -> None:
    before = holds()
    bag.get(reverse(page))

    assert holds() == before


def test_an_add_that_fails_prolongs_nothing(bag: Client, clock: Item) -> None:
    before = holds()
    add(bag, clock)

    assert holds() == before


def test_an_add_that_fails_is_not_counted(bag: Client, clock: Item) -> None:
    before = RateLimit.objects.get().used_until
    for _ in range(3):
        add(bag, clock)

    assert RateLimit.objects.get().used_until == before
