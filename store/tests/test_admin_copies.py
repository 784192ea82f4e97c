from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from store.admin import copies
from store.models import Item
from store.tests.admin_steps import ITEMS, act
from store.tests.factories import make_category, make_item

LABELS = reverse("labels")


def test_staff_see_a_thing_as_customers_will(shop: Client) -> None:
    item = make_item(title="Secret lamp", published=False)
    address = reverse("admin:store_item_preview", args=[item.pk])

    page = shop.get(address).content.decode()

    assert "Secret lamp" in page
    assert "nobody else sees this before it is published" in page
    assert Client().get(address).status_code == 302
    assert Client().get(item.get_absolute_url()).status_code == 404


def test_another_one_like_it_is_not_published(shop: Client) -> None:
    item = make_item(title="Lamp", maker="Leroy", price=Decimal(80), category=make_category("Odd"))
    address = reverse("admin:store_item_duplicate", args=[item.pk])

    page = shop.post(address, follow=True).content.decode()

    copy = Item.objects.first()
    assert copy
    assert (copy.title, copy.maker, copy.price) == ("Lamp (copy)", "Leroy", Decimal(80))
    assert (copy.published, copy.pieces.count(), copy.slug == item.slug) == (False, 0, False)
    assert "leroy" in copy.search_text
    assert "This is the copy." in page
    assert shop.get(address).status_code == 405


def test_two_clicks_at_once_make_two_copies(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    item = make_item(title="Lamp")
    seen = iter([item.slug, "lamp-of-the-second-click"])
    monkeypatch.setattr(copies, "unique_slug", lambda _title: next(seen))

    answer = shop.post(reverse("admin:store_item_duplicate", args=[item.pk]))

    copy = Item.objects.get(slug="lamp-of-the-second-click")
    assert answer.headers["Location"] == reverse("admin:store_item_change", args=[copy.pk])


def test_price_tags_of_chosen_things_are_those_of_their_pieces(shop: Client) -> None:
    item, sold = make_item(pieces=2), make_item(pieces=0)
    first, second = item.pieces.values_list("pk", flat=True)
    chosen = {"action": "print_tags_24", "_selected_action": [item.pk]}

    answer = shop.post(reverse(ITEMS), chosen)

    assert answer.headers["Location"] == f"{LABELS}?piece={first}&piece={second}&sheet=24"
    assert "There are no pieces." in act(shop, ITEMS, "print_labels", sold).content.decode()
