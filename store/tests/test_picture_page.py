import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from store.models import Item
from store.pictures.images import add_image
from store.tests.pictures import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def pictured(clock: Item) -> Item:
    for position, words in enumerate(["From the front", "From behind", "Its key"]):
        add_image(item=clock, file=upload(), alt_text=words, position=position)
    return clock


def page(client: Client, item: Item, number: int) -> BeautifulSoup:
    answer = client.get(reverse("store:picture", args=[item.slug, number]))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_each_picture_of_a_thing_leads_to_a_page_of_its_own(client: Client, pictured: Item) -> None:
    answer = client.get(pictured.get_absolute_url())
    links = BeautifulSoup(answer.content, "html.parser").select("[data-lightbox] a[data-full]")

    pages = [reverse("store:picture", args=[pictured.slug, number]) for number in (1, 2, 3)]
    assert [link["href"] for link in links] == pages


def test_it_has_the_header_and_the_way_back(client: Client, pictured: Item) -> None:
    shown = page(client, pictured, 2)

    assert shown.select_one("header.site-header")
    assert shown.select_one(f'main a[href="{pictured.get_absolute_url()}"]')
    assert "From behind" in str(shown.h1)
    assert shown.select_one('meta[name="robots"][content="noindex"]')
    beside = [str(link["href"]) for link in shown.select("main a[rel]")]
    assert [link.rstrip("/")[-1] for link in beside] == ["1", "3"]


def test_the_first_and_the_last_have_one_beside_them(client: Client, pictured: Item) -> None:
    for number, rel in ((1, "next"), (3, "prev")):
        assert [link["rel"] for link in page(client, pictured, number).select("main a[rel]")] == [
            [rel]
        ]


@pytest.mark.parametrize("number", [0, 4])
def test_there_is_no_other(client: Client, pictured: Item, number: int) -> None:
    assert client.get(f"/store/item/{pictured.slug}/{number}/").status_code == 404


def test_what_is_not_published_is_not_shown(client: Client, pictured: Item) -> None:
    Item.objects.update(published=False)
    assert client.get(f"/store/item/{pictured.slug}/1/").status_code == 404


def test_it_costs_two_queries(
    client: Client, pictured: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, pictured, 1)
    with django_assert_num_queries(2):
        page(client, pictured, 1)
