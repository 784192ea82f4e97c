from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from store.models import Item, Piece
from store.pictures.images import add_image
from store.tests.admin_steps import ITEMS, PIECES, act, hold, order
from store.tests.factories import make_category, make_item
from store.tests.pictures import upload

pytestmark = pytest.mark.usefixtures("media")


# --- The list ----------------------------------------------------------------


def test_the_list_of_items_counts_pieces_by_state(shop: Client) -> None:
    item = make_item(pieces=4)
    _free, held, ordered, sold = item.pieces.all()
    hold(held)
    order(ordered)
    Piece.objects.filter(pk=sold.pk).update(sold_at=Now())
    page = shop.get(reverse(ITEMS)).content.decode()
    for count in ("1 available", "1 held", "1 reserved", "1 sold"):
        assert f">{count}<" in page


def test_a_lapsed_hold_counts_as_free(shop: Client, clock: Item) -> None:
    Piece.objects.update(held_by="bag", held_since=Now() - timedelta(hours=1), held_until=Now())
    assert ">1 available<" in shop.get(reverse(ITEMS)).content.decode()


def test_a_hundred_items_cost_ten_queries(
    shop: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(100):
        make_item(pieces=2, category=make_category(f"Kind {n % 3}"))
    add_image(item=Item.objects.all()[0], file=upload(), alt_text="front")
    shop.get(reverse(ITEMS))
    with django_assert_max_num_queries(10):
        assert shop.get(reverse(ITEMS)).content.count(b"2 available") == 100


def test_a_hundred_pieces_cost_eight_queries(
    shop: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order(make_item(pieces=100).pieces.all()[0])
    # The first page reads the shop's name for those of the next minute.
    shop.get(reverse(PIECES))
    with django_assert_max_num_queries(8):
        page = shop.get(reverse(PIECES)).content.decode()
    assert page.count("state--available") == 99


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Clock", "Violin"}),
        ("?q=creche", {"Clock"}),
        ("?q=v77", {"Violin"}),
        ("?state=held", {"Violin"}),
        ("?state=available", {"Clock"}),
        # By its old name, as bookmarks have it.
        ("?state=free", {"Clock"}),
        ("?state=nonsense", {"Clock", "Violin"}),
        ("?published__exact=0", {"Violin"}),
        ("?condition__exact=mint", {"Clock"}),
    ],
)
def test_items_are_found_by_words_and_filters(shop: Client, query: str, found: set[str]) -> None:
    make_item(title="Clock", maker="Crèche", condition="mint")
    violin = make_item(title="Violin", published=False)
    hold(violin.pieces.get())
    piece = violin.pieces.get()
    piece.stock_number = "V77"
    piece.save()

    listed = shop.get(reverse(ITEMS) + query).context["cl"].result_list

    assert {item.title for item in listed} == found


def test_price_and_published_are_changed_in_the_list(shop: Client, clock: Item) -> None:
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": clock.pk,
        "form-0-price": "55.50",
        "_save": "Save",
    }
    shop.post(reverse(ITEMS), data)
    clock.refresh_from_db()
    assert (clock.price, clock.published) == (Decimal("55.50"), False)
    assert clock.search_text


def test_items_are_unpublished_and_published(shop: Client, clock: Item) -> None:
    hold(clock.pieces.get())
    page = act(shop, ITEMS, "unpublish", clock).content.decode()
    assert not Item.objects.get().published
    assert "1 piece is in a bag and may still be ordered" in page
    act(shop, ITEMS, "publish", clock)
    assert Item.objects.get().published


# --- Pieces ------------------------------------------------------------------


def test_only_free_pieces_are_withdrawn_and_the_others_named(shop: Client) -> None:
    available, held, ordered = make_item(pieces=3).pieces.all()
    hold(held)
    placed = order(ordered)

    page = act(shop, PIECES, "withdraw", available, held, ordered).content.decode()

    withdrawn = [piece for piece in Piece.objects.with_state() if piece.state == "withdrawn"]
    assert withdrawn == [available]
    assert "1 piece was withdrawn." in page
    assert f"2 were not: {held} (in somebody’s bag until" in page
    assert f"{ordered} (reserved for order {placed.reference})" in page


def test_withdrawn_pieces_are_put_back(shop: Client, clock: Item) -> None:
    act(shop, PIECES, "withdraw", clock.pieces.get())
    assert (
        "1 piece is on sale again."
        in act(shop, PIECES, "put_back", clock.pieces.get()).content.decode()
    )
    assert clock.pieces.available().exists()


def test_the_list_of_pieces_links_to_orders_and_filters_by_state(shop: Client) -> None:
    _free, ordered = make_item(pieces=2).pieces.all()
    placed = order(ordered)
    page = shop.get(reverse(PIECES) + "?state=ordered")
    assert list(page.context["cl"].result_list) == [ordered]
    assert reverse("admin:store_order_change", args=[placed.pk]) in page.content.decode()


def test_a_piece_is_added_and_changed_by_itself(shop: Client, clock: Item) -> None:
    data = {"item": clock.pk, "stock_number": "extra"}
    shop.post(reverse("admin:store_piece_add"), data)
    piece = clock.pieces.get(stock_number="extra")
    other = make_item()
    address = reverse("admin:store_piece_change", args=[piece.pk])
    shop.post(address, {"item": other.pk, "stock_number": "extra", "serial_number": "9"})
    piece.refresh_from_db()
    assert (piece.item, piece.serial_number) == (clock, "9")
