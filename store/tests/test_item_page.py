import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from store.models import WAITLIST_PREFIX, Item, ItemImage, Piece
from store.stock import LONGEST_HOLD
from store.tests.factories import make_category, make_item, make_order
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.django_db


def page_of(client: Client, item: Item) -> str:
    response = client.get(item.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def json_ld(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def hold(item: Item) -> None:
    now = timezone.now()
    until = now + timedelta(minutes=10)
    Piece.objects.filter(item=item).update(held_by="bob", held_since=now, held_until=until)


def add_button(item: Item) -> str:
    return f'action="{reverse("bag:add", args=[item.pk])}"'


@pytest.mark.on_both
def test_a_thing_reads_like_a_museum_label(client: Client) -> None:
    item = make_item(
        title="Mantel clock",
        maker="Vincenti & Cie",
        period="about 1880",
        materials="slate, brass",
        height_cm=Decimal("31.5"),
        width_cm=Decimal("150.0"),
        description="It strikes.\n\nOn a bell.",
    )
    page = page_of(client, item)

    for text in ("Vincenti &amp; Cie, about 1880", "slate, brass", "H 31.5 × W 150 cm", "good"):
        assert text in page
    for text in ("€120.00", "€9.90, or collect it", item.pieces.get().stock_number):
        assert text in page
    assert "<p>It strikes.</p>" in page
    assert add_button(item) in page


@pytest.mark.parametrize(
    ("shipping", "text"), [(None, "collection only"), (0, "free of charge, or collect it")]
)
def test_delivery_is_told_beforehand(client: Client, shipping: int | None, text: str) -> None:
    assert text in page_of(client, make_item(shipping=shipping))


def test_a_quantity_can_be_chosen_when_there_are_several(client: Client) -> None:
    single, several = make_item(), make_item(pieces=3)

    assert "<select" not in page_of(client, single)
    page = page_of(client, several)
    assert "3 available" in page
    assert re.findall(r"<option>(\d)</option>", page) == ["1", "2", "3"]


@pytest.mark.on_both
def test_what_is_in_another_bag_says_until_when(client: Client, clock: Item) -> None:
    hold(clock)
    page = page_of(client, clock)

    assert re.search(
        r"In somebody’s bag until .* \(until .* at the latest if it is renewed\)", page
    )
    assert add_button(clock) not in page
    assert json_ld(page)["offers"]["availability"] == "https://schema.org/OutOfStock"
    let_holds_lapse()
    assert add_button(clock) in page_of(client, clock)


def test_a_hold_at_its_longest_says_one_time(client: Client, clock: Item) -> None:
    hold(clock)
    Piece.objects.update(held_since=F("held_until") - LONGEST_HOLD * settings.HOLD_FOR)

    assert re.search(r"In somebody’s bag until [^(]* at the latest", page_of(client, clock))


def test_what_staff_keep_for_days_says_on_which_day_it_ends(client: Client, clock: Item) -> None:
    hold(clock)
    until = datetime(2031, 12, 3, 13, 32, tzinfo=UTC)
    Piece.objects.update(held_by="reserved", held_until=until)

    assert "Reserved until 14:32 on 3 December" in page_of(client, clock)


@pytest.mark.on_both
def test_what_is_offered_to_the_next_in_line_is_in_nobodys_bag(client: Client, clock: Item) -> None:
    hold(clock)
    Piece.objects.update(held_by=f"{WAITLIST_PREFIX}secret")
    page = page_of(client, clock)

    assert re.search(r"Offered to the next in line until \d[^.]* at the latest", page)
    assert "whoever is next after them gets it" in page
    assert "somebody’s bag" not in page


def test_of_several_holds_the_page_tells_of_the_first_to_end(client: Client) -> None:
    straps = make_item(pieces=2)
    hold(straps)
    first, second = straps.pieces.all()
    sooner = F("held_until") - timedelta(minutes=5)
    Piece.objects.filter(pk=first.pk).update(held_by="reserved")
    Piece.objects.filter(pk=second.pk).update(held_until=sooner)
    assert "In somebody’s bag until" in page_of(client, straps)

    Piece.objects.filter(pk=second.pk).update(held_by=f"{WAITLIST_PREFIX}secret")
    assert "Offered to the next in line until" in page_of(client, straps)


def test_what_is_in_the_own_bag_links_there(client: Client, clock: Item) -> None:
    client.post(reverse("bag:add", args=[clock.pk]), {"quantity": 1})
    page = page_of(client, clock)

    assert "This is in your bag." in page
    assert "In somebody’s bag until" not in page
    assert add_button(clock) not in page


def test_the_bag_of_a_stranger_is_not_the_own_one(client: Client, clock: Item) -> None:
    hold(clock)

    assert "This is in your bag." not in page_of(client, clock)


@pytest.mark.parametrize(
    ("fate", "text"),
    [
        ({"sold_at": timezone.now()}, "Sold"),
        ({"withdrawn_at": timezone.now()}, "No longer for sale"),
    ],
)
@pytest.mark.on_both
def test_a_thing_that_is_gone_keeps_its_page(
    client: Client, clock: Item, fate: dict[str, Any], text: str
) -> None:
    Piece.objects.filter(item=clock).update(**fate)
    page = page_of(client, clock)

    assert f'state--sold">{text}' in page
    assert add_button(clock) not in page
    assert "noindex" not in page
    assert json_ld(page)["offers"]["availability"] == "https://schema.org/SoldOut"


def test_what_is_ordered_is_reserved_until_it_is_paid(client: Client) -> None:
    ordered, paid = make_item(), make_item()
    make_order(ordered)
    make_order(paid, paid=True)

    assert "Reserved" in page_of(client, ordered)
    assert "Sold" in page_of(client, paid)


def test_one_of_two_sold_leaves_the_other_on_sale(client: Client) -> None:
    item = make_item(pieces=2)
    sold, left = item.pieces.all()
    Piece.objects.filter(pk=sold.pk).update(sold_at=timezone.now())
    page = page_of(client, item)

    assert add_button(item) in page
    assert left.stock_number in page
    assert f"{sold.stock_number}," not in page


def test_unpublished_and_unknown_things_are_not_found(client: Client) -> None:
    hidden = make_item(published=False)

    assert client.get(hidden.get_absolute_url()).status_code == 404
    assert client.get("/store/item/nothing/").status_code == 404


def test_the_page_can_only_be_read(client: Client, clock: Item) -> None:
    assert client.post(clock.get_absolute_url()).status_code == 405


def test_robots_read_price_and_picture(client: Client, clock: Item) -> None:
    ItemImage.objects.create(
        item=clock, image="items/a/large.webp", alt_text="a clock", width=1600, height=1200
    )
    page = page_of(client, clock)
    data = json_ld(page)

    assert data["offers"]["price"] == "120.00"
    assert data["offers"]["priceCurrency"] == "EUR"
    assert data["offers"]["availability"] == "https://schema.org/InStock"
    assert data["image"] == ["http://testserver/media/items/a/large.webp"]
    assert '<meta property="og:image" content="http://testserver/media/items/a/large.webp">' in page
    assert f'rel="canonical" href="http://testserver{clock.get_absolute_url()}"' in page


def test_a_title_cannot_break_out_of_the_script(client: Client) -> None:
    title = "</script><script>alert(1)</script><!-- & \u2028"
    page = page_of(client, make_item(title=title, maker='" onload="x', description="]]></script>"))

    assert json_ld(page)["name"] == title
    assert "<script>alert" not in page
    assert page.count("</script>") == page.count("<script")
    assert '" onload="x' not in page


@pytest.mark.on_both
def test_neighbours_are_listed_things_of_the_same_category(client: Client) -> None:
    older = make_item()
    make_item(category=make_category("Vases"))
    make_item(pieces=0)
    middle, newer = make_item(), make_item()
    page = page_of(client, middle)

    assert f'href="{newer.get_absolute_url()}" rel="prev"' in page
    assert f'href="{older.get_absolute_url()}" rel="next"' in page
    assert 'rel="prev"' not in page_of(client, newer)


def test_the_number_of_queries_is_constant(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = make_item(pieces=5)
    page_of(client, item)

    with django_assert_num_queries(4):
        page_of(client, item)


def test_a_customer_with_a_bag_costs_three_queries_more(
    client: Client, alice: User, clock: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(alice)
    client.post(reverse("bag:add", args=[clock.pk]), {"quantity": 1})
    page_of(client, clock)

    with django_assert_num_queries(7):
        page_of(client, clock)
