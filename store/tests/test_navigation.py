"""Categories with parts: in the header, in the lists, on the page of a thing."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from store.models import Category
from store.navigation import CATEGORIES_IN_BAR
from store.tests.factories import make_category, make_item
from store.tests.test_list import listing, titles

pytestmark = pytest.mark.django_db
LIST = reverse("store:list")


def navigation(page: str) -> BeautifulSoup:
    found = BeautifulSoup(page, "html.parser").select_one(".site-nav")
    assert found
    return BeautifulSoup(str(found), "html.parser")


def names(page: str, where: str) -> list[str]:
    return [link.get_text() for link in navigation(page).select(f"{where} > li > a")]


def test_five_categories_stand_in_the_bar_alone(client: Client) -> None:
    for name in "ABCDE":
        make_category(name)

    page = listing(client)

    assert names(page, ".site-nav__list") == ["Everything", "Workshop", *"ABCDE"]
    assert names(page, ".site-nav__groups") == []


def test_of_fifty_the_bar_shows_the_first_and_leads_to_all(client: Client) -> None:
    every = [make_category(f"Category {number:02}").name for number in range(50)]

    page = listing(client)

    assert names(page, ".site-nav__list")[2:] == every[:CATEGORIES_IN_BAR]
    assert names(page, ".site-nav__groups") == every


@pytest.mark.on_both
def test_a_category_shows_the_things_of_its_parts(client: Client) -> None:
    clocks = make_category("Clocks")
    wall = make_category("Wall clocks", parent=clocks)
    make_item(title="Longcase clock", category=clocks)
    make_item(title="Regulator", category=wall)
    make_item(title="Lamp", category=make_category("Lamps"))

    assert titles(listing(client, path=clocks.get_absolute_url())) == [
        "Regulator",
        "Longcase clock",
    ]
    assert titles(listing(client, path=wall.get_absolute_url())) == ["Regulator"]


def test_parts_stand_below_their_category(client: Client) -> None:
    clocks = make_category("Clocks")
    wall = make_category("Wall clocks", parent=clocks)

    page = listing(client, path=wall.get_absolute_url())

    assert names(page, ".site-nav__list") == ["Everything", "Workshop", "Clocks"]
    assert names(page, ".site-nav__groups ul") == ["Wall clocks"]
    current = navigation(page).select("[aria-current]")
    assert [(link.get_text(), link["aria-current"]) for link in current] == [
        ("Clocks", "true"),
        ("Wall clocks", "page"),
    ]
    assert wall.get_absolute_url() in listing(client, path=clocks.get_absolute_url())
    assert wall.get_absolute_url() in client.get("/").content.decode()


def test_a_thing_says_where_it_is(client: Client) -> None:
    clocks = make_category("Clocks")
    item = make_item(category=make_category("Wall clocks", parent=clocks))

    page = client.get(item.get_absolute_url()).content.decode()

    eyebrow = re.search(r'<p class="eyebrow">(.*?)</p>', page)
    assert eyebrow
    assert BeautifulSoup(eyebrow[1], "html.parser").get_text() == "Clocks › Wall clocks"


def test_there_is_one_level_of_parts() -> None:
    clocks = make_category("Clocks")
    wall = make_category("Wall clocks", parent=clocks)
    cuckoo = make_category("Cuckoo clocks")

    for category, parent in [(cuckoo, wall), (clocks, cuckoo), (clocks, clocks)]:
        category.parent = parent
        with pytest.raises(ValidationError) as refused:
            category.clean()
        assert list(refused.value.message_dict) == ["parent"]


def test_staff_put_a_category_below_another(client: Client) -> None:
    clocks, wall = make_category("Clocks"), make_category("Wall clocks")
    client.force_login(get_user_model().objects.create_superuser("o@example.com", "x"))
    listing(client)

    address = reverse("admin:store_category_change", args=[wall.pk])
    sent = {"name": wall.name, "slug": wall.slug, "position": 0, "parent": clocks.pk}
    assert client.post(address, sent).status_code == 302

    assert Category.objects.get(pk=wall.pk).parent == clocks
    assert "Wall clocks" not in names(listing(client), ".site-nav__list")
