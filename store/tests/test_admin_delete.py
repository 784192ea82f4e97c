import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from store.models import Category, Item
from store.tests.admin_steps import ITEMS, PIECES, act, cancelled, hold, order, sell

pytestmark = pytest.mark.usefixtures("media")


@pytest.mark.parametrize("fate", [hold, order, cancelled, sell])
def test_a_piece_that_was_ever_in_use_is_never_deleted(
    shop: Client, clock: Item, fate: Any
) -> None:
    piece = clock.pieces.get()
    fate(piece)
    address = reverse("admin:store_piece_delete", args=[piece.pk])
    assert piece.stock_number in shop.get(address).content.decode()
    assert shop.post(address, {"post": "yes"}).status_code in {200, 403}
    act(shop, PIECES, "delete_selected", piece, post="yes")
    assert clock.pieces.get() == piece


def test_unpublishing_is_offered_instead_of_deleting(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    page = shop.get(reverse("admin:store_item_delete", args=[clock.pk])).content.decode()
    assert "You can take it out of the shop instead" in page
    assert re.search(rf'name="_selected_action"\s+value="{clock.pk}"', page)
    page = act(shop, ITEMS, "delete_selected", clock).content.decode()
    assert "You can take it out of the shop instead" in page


def test_a_category_with_items_is_not_deleted(shop: Client, clock: Item) -> None:
    address = reverse("admin:store_category_delete", args=[clock.category.pk])
    shop.post(address, {"post": "yes"})
    assert Category.objects.exists()
