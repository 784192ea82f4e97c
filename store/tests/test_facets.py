"""Narrowing a list by maker, period, material and size, with how many there are of each."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from store.facets import LABELS
from store.models import Item
from store.tests.factories import make_category, make_item
from store.tests.test_list import LIST, listing, titles

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


@pytest.fixture(autouse=True)
def _things(db: None) -> None:
    clocks = make_category("Clocks")
    rows: list[tuple[str, dict[str, Any]]] = [
        ("Regulator", {"maker": "Lenz", "period": "c. 1900", "materials": "walnut, Brass"}),
        ("Cuckoo", {"maker": "Lenz", "period": "c. 1925", "materials": "linden; glass"}),
        ("Sconce", {"maker": "Adler & Söhne", "period": "c. 1900", "materials": "brass"}),
        ("Plate", {"materials": "brassware"}),
    ]
    for number, (title, fields) in enumerate(rows):
        fields |= {"height_cm": Decimal(10 * number), "width_cm": Decimal(5)}
        make_item(title=title, slug=f"thing-{number}", category=clocks, **fields)
    make_item(title="Sold", maker="Lenz", pieces=0, category=clocks)


def options(client: Client, **query: str) -> dict[str, list[str]]:
    page = BeautifulSoup(listing(client, f"?{urlencode(query)}"), "html.parser")
    found = {name: page.select(f"select[name={name}] option") for name in LABELS}
    return {name: [each.get_text() for each in every[1:]] for name, every in found.items()}


def test_each_choice_says_how_many_there_are(client: Client) -> None:
    assert options(client) == {
        "maker": ["Adler & Söhne (1)", "Lenz (2)"],
        "period": ["c. 1900 (2)", "c. 1925 (1)"],
        "material": ["brass (2)", "brassware (1)", "glass (1)", "linden (1)", "walnut (1)"],
        "size": ["up to 10 cm (2)", "up to 30 cm (4)", "up to 1 m (4)"],
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"maker": "Lenz"}, ["Cuckoo", "Regulator"]),
        ({"maker": "Adler & Söhne"}, ["Sconce"]),
        ({"period": "c. 1900"}, ["Sconce", "Regulator"]),
        ({"material": "brass"}, ["Sconce", "Regulator"]),
        ({"material": "BRASS"}, ["Sconce", "Regulator"]),
        ({"size": "10"}, ["Cuckoo", "Regulator"]),
        ({"size": "100+"}, []),
        ({"maker": "Lenz", "material": "brass"}, ["Regulator"]),
        ({"maker": "Nobody"}, []),
        ({"material": ".*"}, []),
        ({"size": "huge"}, ["Plate", "Sconce", "Cuckoo", "Regulator"]),
    ],
)
def test_a_choice_narrows_the_list(client: Client, query: dict[str, str], found: list[str]) -> None:
    assert titles(listing(client, f"?{urlencode(query)}")) == found


def test_counts_heed_the_other_choices(client: Client) -> None:
    narrowed = options(client, maker="Lenz")

    assert narrowed["maker"] == ["Adler & Söhne (1)", "Lenz (2)"]
    assert narrowed["material"] == ["brass (1)", "glass (1)", "linden (1)", "walnut (1)"]
    assert options(client, q="cuckoo")["maker"] == ["Lenz (1)"]


def test_every_count_is_what_its_choice_shows(client: Client) -> None:
    page = BeautifulSoup(listing(client, "?maker=Lenz"), "html.parser")
    for name in set(LABELS) - {"maker"}:
        for option in page.select(f"select[name={name}] option")[1:]:
            query = urlencode({"maker": "Lenz", name: str(option["value"])})
            shown = titles(listing(client, f"?{query}"))
            assert option.get_text().endswith(f"({len(shown)})"), option


def test_letters_that_fold_into_two_are_found(client: Client) -> None:
    make_item(title="Tin", materials="Weißblech, ﬁligree")
    cache.clear()

    for choice in ("weißblech", "ﬁligree"):
        assert f"{choice} (1)" in options(client)["material"]
        assert titles(listing(client, f"?{urlencode({'material': choice})}")) == ["Tin"]


def test_what_is_chosen_stays_chosen(client: Client) -> None:
    page = BeautifulSoup(listing(client, "?maker=Nobody&material=Brass"), "html.parser")

    chosen = [option.get_text() for option in page.select("option[selected]")]
    assert "Nobody (0)" in chosen
    assert "brass (0)" in chosen


def test_facets_cost_a_query_a_minute(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listing(client)
    cache.clear()

    with django_assert_num_queries(4):
        listing(client)
    with django_assert_num_queries(1):
        listing(client)


def test_a_list_of_one_kind_offers_nothing_to_choose(client: Client) -> None:
    Item.objects.update(maker="", period="", materials="", height_cm=None, width_cm=None)
    cache.clear()

    assert not any(options(client).values())
    assert client.get(LIST).status_code == 200
