"""Deleted things are in the bin for 30 days: gone from the shop, and back as they were."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.models import User
from store.bin import bin_items, empty_bin, in_bin, put_back
from store.exceptions import PiecesInUse
from store.history import Kind
from store.models import Category, Item, Piece
from store.pictures.images import add_image
from store.services import restock_pieces, return_pieces, withdraw_pieces
from store.tests.admin_steps import ITEMS, act, cancelled, change, change_data, hold, order, sell
from store.tests.csv_files import load, own_csv, reasons
from store.tests.factories import make_item, make_order
from store.tests.pictures import upload

BIN = "admin:store_binneditem_changelist"
pytestmark = [pytest.mark.on_both, pytest.mark.django_db, pytest.mark.usefixtures("media")]


def state(item: Item) -> str:
    return str(Piece.objects.with_state().get(item=item).state)


def let_time_pass() -> None:
    in_bin().filter(bin_until__isnull=False).update(bin_until=Now() - timedelta(seconds=1))


# --- In the bin --------------------------------------------------------------


def test_what_is_deleted_is_gone_from_the_shop_and_its_lists(shop: Client) -> None:
    clock, radio = make_item(title="Clock"), make_item(title="Radio")

    answer = act(shop, ITEMS, "delete_selected", clock, post="yes")

    assert "1 thing is in the bin; it can be put back until" in answer.content.decode()
    visitor = Client()
    assert visitor.get(clock.get_absolute_url()).status_code == 404
    for address in ("/store/", "/store/?q=clock", "/sitemap-items.xml", "/store/feed.atom", "/"):
        assert clock.slug not in visitor.get(address, follow=True).content.decode()
    assert clock.get_absolute_url() not in shop.get(reverse(ITEMS)).content.decode()
    assert list(Item.objects.all()) == [radio]
    assert state(clock) == "withdrawn"
    assert clock.category.items.count() == 2


def test_one_is_deleted_from_its_page_and_says_so_before(shop: Client, clock: Item) -> None:
    address = reverse("admin:store_item_delete", args=[clock.pk])
    assert "goes to the bin" in shop.get(address).content.decode()

    answer = shop.post(address, {"post": "yes"}, follow=True)

    assert "it can be put back until" in answer.content.decode()
    [in_the_bin] = in_bin()
    assert in_the_bin.binned_by == User.objects.get(email="sam@example.com")


@pytest.mark.parametrize("fate", [hold, order])
def test_what_somebody_was_promised_is_not_deleted(shop: Client, clock: Item, fate: Any) -> None:
    fate(clock.pieces.get())
    make_item()
    act(shop, ITEMS, "delete_selected", *Item.objects.all(), post="yes")
    with pytest.raises(PiecesInUse):
        bin_items(Item.objects.all(), actor=None)
    assert Item.objects.count() == 2


def test_nothing_of_it_goes_on_sale_alone(shop: Client, clock: Item) -> None:
    bin_items([clock], actor=None)

    page = act(shop, "admin:store_piece_changelist", "put_back", clock.pieces.get())

    assert "In the bin, from where they are put back first" in page.content.decode()
    assert return_pieces(clock.pieces.all()) == 0
    assert state(clock) == "withdrawn"


def test_what_comes_back_of_a_sold_thing_stays_aside_until_it_is_put_back(clock: Item) -> None:
    sold = make_order(clock, paid=True)
    bin_items([clock], actor=None)

    restock_pieces(clock.pieces.all(), order_id=sold.pk)
    assert state(clock) == "withdrawn"

    put_back([clock], actor=None)
    assert state(clock) == "available"


def test_a_form_that_was_open_brings_nothing_back(shop: Client, clock: Item) -> None:
    data = change_data(clock, title="Clock of yesterday")
    bin_items([clock], actor=None)

    answer = shop.post(reverse("admin:store_item_change", args=[clock.pk]), data)

    assert answer["Location"] == reverse("admin:store_binneditem_change", args=[clock.pk])
    assert in_bin().get().title != "Clock of yesterday"


def test_its_address_and_numbers_stay_its_own(shop: Client, clock: Item) -> None:
    other = make_item()
    bin_items([clock], actor=None)
    page = change(shop, other, slug=clock.slug).content.decode()
    assert "already exists" in page


def test_the_row_of_a_file_about_it_is_refused_with_a_reason() -> None:
    load(own_csv({}))
    bin_items(Item.objects.all(), actor=None)

    report = load(own_csv({"price": "5.00"}))

    assert reasons(report) == [
        "Line 2: “Bowl” is in the bin: put it back first, or delete it for good."
    ]
    assert in_bin().get().price == 30


# --- Out of the bin ----------------------------------------------------------


@pytest.mark.parametrize("published", [True, False])
def test_what_is_put_back_is_as_it_was(shop: Client, *, published: bool) -> None:
    clock = make_item(pieces=2, published=published)
    aside, on_sale = clock.pieces.order_by("pk")
    withdraw_pieces([aside])
    bin_items([clock], actor=None)
    assert str(clock) in shop.get(reverse(BIN)).content.decode()

    answer = act(shop, BIN, "put_back", clock)

    assert "1 thing is back as it was." in answer.content.decode()
    assert Item.objects.get().published == published
    assert list(Piece.objects.on_sale()) == [on_sale]
    kinds = on_sale.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == [Kind.WITHDRAWN, Kind.RETURNED]


def test_one_is_put_back_from_its_page_once(shop: Client, clock: Item) -> None:
    bin_items([clock], actor=None)
    page = reverse("admin:store_binneditem_change", args=[clock.pk])
    address = reverse("admin:store_binneditem_put_back", args=[clock.pk])
    assert address in shop.get(page).content.decode()

    for _ in range(2):
        answer = shop.post(address)
        assert answer["Location"] == reverse("admin:store_item_change", args=[clock.pk])
    assert shop.get(address).status_code == 405
    assert Item.objects.get() == clock
    assert not Item.objects.get().binned_at


def test_who_may_not_change_or_delete_things_may_neither_here(client: Client, wren: User) -> None:
    item = make_item()
    bin_items([item], actor=None)
    client.force_login(wren)
    address = reverse("admin:store_binneditem_put_back", args=[item.pk])
    assert client.post(address).status_code == 403
    address = reverse("admin:store_binneditem_delete", args=[item.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert in_bin().exists()


# --- Gone for good -----------------------------------------------------------


@pytest.mark.parametrize("many", [False, True])
def test_it_is_deleted_for_good_by_hand(shop: Client, clock: Item, *, many: bool) -> None:
    bin_items([clock], actor=None)
    address = reverse("admin:store_binneditem_delete", args=[clock.pk])
    assert "Are you sure" in shop.get(address).content.decode()
    if many:
        act(shop, BIN, "delete_selected", clock, post="yes")
    else:
        shop.post(address, {"post": "yes"})
    assert not Item.with_bin.exists()
    assert not Piece.objects.exists()


def test_after_its_time_it_goes_with_its_photos(
    clock: Item, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        add_image(item=clock, file=upload(), alt_text="A clock")
    bin_items([clock], actor=None)
    assert empty_bin() == 0

    let_time_pass()
    with django_capture_on_commit_callbacks(execute=True):
        assert empty_bin() == 1

    assert not Item.with_bin.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("fate", [cancelled, sell])
def test_what_orders_or_the_books_know_is_never_removed(
    shop: Client, clock: Item, fate: Any
) -> None:
    fate(clock.pieces.get())
    bin_items([clock], actor=None)
    assert "orders or the books know it" in shop.get(reverse(BIN)).content.decode()

    assert in_bin().get().bin_until is None
    in_bin().update(bin_until=Now())
    assert empty_bin() == 0
    page = act(shop, BIN, "delete_selected", clock, post="yes")
    assert "It stays in the bin" in page.content.decode()
    page = shop.get(reverse("admin:store_binneditem_delete", args=[clock.pk]))
    assert "It stays in the bin" in page.content.decode()

    assert in_bin().get().bin_until is None
    assert clock.pieces.exists()


def test_a_category_with_things_in_the_bin_is_not_deleted(shop: Client, clock: Item) -> None:
    bin_items([clock], actor=None)
    shop.post(reverse("admin:store_category_delete", args=[clock.category.pk]), {"post": "yes"})
    assert Category.objects.exists()
