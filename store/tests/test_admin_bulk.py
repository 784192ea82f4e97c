import re
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.confirmation import CONFIRMED
from store.models import BulkChange, Item
from store.tests.admin_steps import ITEMS, act
from store.tests.factories import make_category, make_item


def together(shop: Client, *items: Item, **typed: Any) -> str:
    return str(act(shop, ITEMS, "change_together", *items, **typed).content.decode())


def undo_of(page: str) -> str:
    found = re.search(r'href="([^"]+/undo/\d+/)"', page)
    assert found
    return found[1]


def test_how_many_will_change_is_said_before(shop: Client) -> None:
    items = [make_item(price=Decimal(price)) for price in (80, 90, 100)]

    page = together(shop, *items, look="yes", price="90")

    assert "3 things are chosen" in page
    assert "2 things will be other than they are" in page
    assert {item.price for item in Item.objects.all()} == {80, 90, 100}
    assert "Nothing is to change yet." in together(shop, *items, look="yes")
    assert "Either a price or percent." in together(
        shop, *items, apply="yes", price="1", percent="5"
    )


def test_all_of_it_is_changed_together_and_undone(shop: Client) -> None:
    lamps = make_category("Lamps")
    item = make_item(price=Decimal("99.99"), shipping=Decimal(5))
    before = Item.objects.values().get()

    page = together(
        shop,
        item,
        apply="yes",
        percent="10",
        category=lamps.pk,
        tax_scheme="zero",
        collection_only="on",
        published="no",
    )

    item.refresh_from_db()
    assert (item.price, item.shipping, item.published) == (Decimal("109.99"), None, False)
    assert (item.category, item.tax_scheme) == (lamps, "zero")
    assert "lamps" in item.search_text
    assert "1 thing was changed." in page
    address = undo_of(page)
    assert "Ann" not in shop.get(address).content.decode()
    shop.post(address)
    after = Item.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    # A second press does nothing.
    Item.objects.update(price=7)
    assert "0 things are as before" in shop.post(address, follow=True).content.decode()
    assert Item.objects.get().price == 7


def test_what_was_changed_since_stays(shop: Client) -> None:
    first, second = make_item(price=Decimal(80)), make_item(price=Decimal(80))
    address = undo_of(together(shop, first, second, apply="yes", price="50"))
    Item.objects.filter(pk=first.pk).update(price=60)

    page = shop.post(address, follow=True).content.decode()

    assert "1 thing is as before" in page
    assert "1 was changed since, is gone" in page
    assert [item.price for item in Item.objects.order_by("pk")] == [60, 80]


def test_what_was_in_a_category_that_is_gone_stays(shop: Client) -> None:
    odd, lamps = make_category("Odd"), make_category("Lamps")
    item, other = make_item(category=odd), make_item()
    change = together(shop, item, other, apply="yes", price="50", category=lamps.pk)
    odd.delete()

    page = shop.post(undo_of(change), follow=True).content.decode()

    assert "1 thing is as before" in page
    assert "1 was changed since, is gone" in page
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.category, item.price) == (lamps, Decimal(50))
    assert other.category != lamps


def test_what_lacks_papers_by_now_is_not_published_by_the_way_back(shop: Client) -> None:
    item, other = make_item(), make_item()
    address = undo_of(together(shop, item, other, apply="yes", published="no"))
    Item.objects.filter(pk=item.pk).update(watched_material="ivory")

    page = shop.post(address, follow=True).content.decode()

    assert "or lacks a paper" in page
    assert list(Item.objects.published()) == [other]


def test_what_is_new_by_now_does_not_go_back_under_the_margin_scheme(shop: Client) -> None:
    item = make_item(tax_scheme="margin")
    address = undo_of(together(shop, item, apply="yes", tax_scheme="standard"))
    Item.objects.update(nature="new")

    shop.post(address)

    assert Item.objects.get().tax_scheme == "standard"


def test_many_prices_ask_for_the_password_again(shop: Client) -> None:
    items = [make_item(price=Decimal(80)) for _ in range(21)]
    session: Any = shop.session
    session[CONFIRMED] -= 16 * 60
    session.save()

    together(shop, *items, apply="yes", price="50")
    assert set(Item.objects.values_list("price", flat=True)) == {80}
    together(shop, *items[:20], apply="yes", price="50")
    assert Item.objects.filter(price=50).count() == 20


def test_it_takes_the_same_queries_for_many(
    shop: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    items = [make_item(price=Decimal(80)) for _ in range(20)]
    # The first page reads the shop's name for those of the next minute.
    together(shop, *items[:2], apply="yes", price="40")
    with CaptureQueriesContext(connection) as for_two:
        together(shop, *items[:2], apply="yes", price="50")
    with django_assert_num_queries(len(for_two)):
        together(shop, *items, apply="yes", price="60")
    assert set(Item.objects.values_list("price", flat=True)) == {60}


def test_nobody_undoes_what_a_colleague_did(
    client: Client, admin_client: Client, clock: Item, sam: Any, wren: Any
) -> None:
    done = BulkChange.objects.create(actor=wren, fields={})
    address = reverse("admin:store_item_undo", args=[done.pk])
    client.force_login(sam)
    assert client.post(address).status_code == 403
    assert admin_client.post(address).status_code == 302
    client.force_login(wren)
    assert client.post(address).status_code == 403
