"""At the till: what is typed stays while more is found, added or left out."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import User
from invoices.models import Invoice
from invoices.tests.test_till import TILL, piece_of, send
from store.models import Item, Order
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db
TYPED = {
    "given": "abc",
    "discount": "20",
    "discount_reason": "chipped",
    "name": "Ann",
    "email": "ann@example.com",
}


@pytest.fixture
def till(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


@pytest.fixture
def lamp(db: None) -> Item:
    return make_item(title="Lamp", price=30)


def press(till: Client, *items: Item, **fields: str) -> Any:
    """A button of the sale that takes no money, as a browser sends all of its form."""
    return send(till, *items, pay=[], **TYPED, **fields)  # type: ignore[arg-type]


def page_of(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def typed_on(page: BeautifulSoup) -> dict[str, str]:
    return {name: str(page.select_one(f"#sale [name={name}]")["value"]) for name in TYPED}  # type: ignore[index]


def sold_on(page: BeautifulSoup) -> list[str]:
    return [str(field["value"]) for field in page.select("#sale > [name=piece]")]


def test_finding_adding_and_leaving_out_lose_nothing(till: Client, clock: Item, lamp: Item) -> None:
    page = page_of(press(till, clock, find="on", q="lamp"))
    [more] = page.select('button[name="more"]')
    assert (more["form"], more.text) == ("sale", f"Lamp ({piece_of(lamp)})")
    assert typed_on(page) == TYPED

    both = page_of(press(till, clock, more=str(more["value"])))
    assert sold_on(both) == [str(piece_of(item).pk) for item in (clock, lamp)]
    assert typed_on(both) == TYPED

    [_first, second] = both.select('button[name="without"]')
    one = page_of(press(till, clock, lamp, without=str(second["value"])))
    assert (sold_on(one), typed_on(one)) == ([str(piece_of(clock).pk)], TYPED)
    assert not Order.objects.exists()


def test_nothing_is_asked_before_it_is_to_be_paid(till: Client, clock: Item) -> None:
    page = page_of(press(till, clock, find="on", q="lamp"))

    assert not page.select(".errorlist")
    assert page.select_one("details[open] #id_discount")
    assert "−€20.00" in page.text
    assert "€100.00" in page.text


def test_a_scanned_label_keeps_what_is_typed(till: Client, clock: Item, lamp: Item) -> None:
    page = page_of(press(till, clock, find="on", q=f"/p/{piece_of(lamp).pk}/"))

    assert sold_on(page) == [str(piece_of(item).pk) for item in (clock, lamp)]
    assert typed_on(page) == TYPED


def test_what_is_found_is_sold_with_what_was_typed(till: Client, clock: Item, lamp: Item) -> None:
    page = page_of(press(till, clock, more=f"piece {piece_of(lamp).pk}"))
    key = str(page.select_one("[name=idempotency_key]")["value"])  # type: ignore[index]
    send(till, clock, lamp, **{**TYPED, "given": "130", "idempotency_key": key})

    assert Invoice.objects.get().total == 130


@pytest.mark.parametrize("part", ["", "piece", "piece x", "order 1", "piece " + "9" * 30])
def test_a_button_that_is_none_adds_nothing(till: Client, clock: Item, part: str) -> None:
    page = page_of(press(till, clock, more=part))

    assert sold_on(page) == [str(piece_of(clock).pk)]


def test_enter_takes_no_money(till: Client, clock: Item) -> None:
    page = page_of(till.get(TILL, {"piece": piece_of(clock).pk}))

    # The first button of a form is the one that Enter presses.
    first = page.select_one('button[form="sale"], #sale button')
    assert first
    assert first["name"] == "find"
