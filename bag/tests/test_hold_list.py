import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bag.services import new_hold
from bag.tests.hold_steps import (
    DAY,
    HOLDS,
    held,
    page_of,
    wait_for,
)
from store.models import STAFF_RESERVED, WAITLIST_PREFIX, Item, Piece, PieceEvent
from store.tests.factories import make_item, make_order
from store.tests.time import let_holds_lapse

pytestmark = pytest.mark.on_both


@pytest.mark.parametrize(
    ("holder", "titles"),
    [
        ("", {"Clock", "Lamp", "Chair", "Mug"}),
        ("visitors", {"Clock"}),
        ("customers", {"Lamp"}),
        ("line", {"Chair"}),
        ("reserved", {"Mug"}),
    ],
)
def test_holds_are_told_apart_by_holder(
    shop: Client, alice: User, holder: str, titles: set[str]
) -> None:
    held(title="Clock")
    held("bag of alice", alice, title="Lamp")
    held(f"{WAITLIST_PREFIX}secret", alice, title="Chair")
    held(STAFF_RESERVED, alice, title="Mug")

    page = shop.get(HOLDS, {"holder": holder} if holder else {})

    assert {hold.item.title for hold in page.context["cl"].result_list} == titles


def test_the_list_says_by_whom(shop: Client, alice: User, sam: User) -> None:
    held()
    held(f"{WAITLIST_PREFIX}secret")
    mug = held(STAFF_RESERVED, alice)
    PieceEvent.objects.create(piece=mug, kind="reserved", actor=sam, note="Rang up")

    page = shop.get(HOLDS).content.decode()

    address = reverse("admin:accounts_user_change", args=[alice.pk])
    link = f'<a href="{address}">Alice (alice@example.com)</a>'
    assert f"reserved: {link} Rang up" in page
    assert ">a visitor<" in page
    assert ">next in line <" in page
    assert "bag of bob" not in page
    assert "secret" not in page


def test_only_what_is_held_now_is_listed(shop: Client, clock: Item) -> None:
    held()
    let_holds_lapse()
    make_order(clock)
    going_on = held()

    assert list(shop.get(HOLDS).context["cl"].result_list) == [going_on]


def test_what_ends_first_comes_first(shop: Client) -> None:
    later, sooner = held(), held()
    Piece.objects.filter(pk=later.pk).update(held_until=Now() + DAY)

    page = shop.get(HOLDS)

    assert list(page.context["cl"].result_list) == [sooner, later]
    assert "in 15 minutes" in page.content.decode()


@pytest.mark.parametrize("words", ["Lamp", "alice@example", "Alice", "number"])
def test_a_hold_is_found_by_piece_and_by_customer(shop: Client, alice: User, words: str) -> None:
    held()
    lamp = held("bag of alice", alice, title="Lamp")
    words = lamp.stock_number if words == "number" else words

    assert list(shop.get(HOLDS, {"q": words}).context["cl"].result_list) == [lamp]


def test_a_hundred_holds_cost_seven_queries(
    shop: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_item(pieces=100)
    Piece.objects.update(**new_hold("bag of alice", alice))
    shop.get(HOLDS)

    with django_assert_max_num_queries(7):
        assert shop.get(HOLDS).content.count(b"Alice (alice@example.com)") == 100


def test_those_in_line_are_counted_and_not_named(shop: Client) -> None:
    hold = held()
    wait_for(hold.item)
    wait_for(hold.item, "dan@example.com")
    wait_for(hold.item, "gone@example.com", state="left")

    for page in (shop.get(HOLDS), shop.get(page_of(hold))):
        text = page.content.decode()
        assert 'class="field-waiting">2</td>' in text or "<td>2</td>" in text
        assert "carla@" not in text
        assert "dan@" not in text
