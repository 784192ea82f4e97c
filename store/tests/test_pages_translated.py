"""Customers read what the owner has written in their language, or else the main one's, marked."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from store.letters import pictures_of
from store.models import Category, Item, ItemImage, ShopProfile, terms_in_force
from store.models.profile import MARGIN_NOTE
from store.navigation import category_links
from store.services import index_items
from store.tests.factories import make_category, make_item, new_order, offer_languages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> ShopProfile:
    shop = offer_languages("de", "fr")
    shop.tagline, shop.terms, shop.opening_hours = "Old things", "Pay first.", "Always"
    shop.translate("tagline", "de", "Alte Sachen")
    shop.translate("terms", "de", "Erst zahlen.")
    shop.save()
    return shop


@pytest.fixture
def lamp() -> Item:
    """Described in German, and not in French."""
    category = Category(name="Lights", slug="lights")
    category.translate("name", "de", "Leuchten")
    category.save()
    item = make_item(
        title="Lamp", slug="lamp", description="It burns.", category=category, materials="brass"
    )
    item.translate("title", "de", "Grubenlampe")
    item.translate("description", "de", "Sie brennt.")
    item.save()
    return item


def page(client: Client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_a_thing_speaks_the_language_of_its_page(client: Client, lamp: Item) -> None:
    seen = page(client, "/de/store/item/lamp/")

    assert str(seen.select_one("h1")) == "<h1>Grubenlampe</h1>"
    assert seen.title
    assert "Grubenlampe" in seen.title.text
    assert seen.select_one(".prose p").text == "Sie brennt."  # type: ignore[union-attr]
    assert seen.select_one("meta[name=description]")["content"] == "Sie brennt."  # type: ignore[index]
    assert "Leuchten" in seen.select_one(".eyebrow").text  # type: ignore[union-attr]
    product = json.loads(seen.select_one("script[type='application/ld+json']").text)  # type: ignore[union-attr]
    assert (product["name"], product["category"]) == ("Grubenlampe", "Leuchten")
    # Of its materials nobody has said anything in German.
    assert seen.select_one("dd[lang=en]").text == "brass"  # type: ignore[union-attr]


def test_a_language_without_text_shows_the_main_one_marked(client: Client, lamp: Item) -> None:
    seen = page(client, "/fr/store/item/lamp/")

    assert str(seen.select_one("h1")) == '<h1><span lang="en">Lamp</span></h1>'
    assert seen.select_one(".prose")["lang"] == "en"  # type: ignore[index]
    assert seen.title
    assert seen.title.text.strip().startswith("Lamp")


def test_the_main_language_is_as_it_was(client: Client, lamp: Item) -> None:
    seen = page(client, "/store/item/lamp/")

    assert str(seen.select_one("h1")) == "<h1>Lamp</h1>"
    assert not seen.select("main [lang], header [lang]")


@pytest.mark.parametrize(
    ("address", "tile", "tagline"),
    [
        ("/store/", "Lamp", "Old things"),
        ("/de/store/", "Grubenlampe", "Alte Sachen"),
        ("/fr/store/", '<span lang="en">Lamp</span>', "Old things"),
    ],
)
def test_lists_menu_and_foot_say_it_in_each_language(
    client: Client, lamp: Item, address: str, tile: str, tagline: str
) -> None:
    seen = page(client, address)

    assert seen.select_one(".tile__title a").decode_contents() == tile  # type: ignore[union-attr]
    assert tagline in seen.select_one(".site-footer").text  # type: ignore[union-attr]


@pytest.mark.on_both
def test_lists_need_no_query_for_it(client: Client, lamp: Item) -> None:
    def queries(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(address)
        return len(captured)

    assert queries("/de/store/") == queries("/store/")
    assert queries("/de/store/item/lamp/") == queries("/store/item/lamp/")


@pytest.mark.on_both
def test_a_search_finds_the_words_of_all_languages(client: Client, lamp: Item) -> None:
    index_items([lamp.pk])

    for words in ("grubenlampe", "lamp", "leuchten"):
        assert Item.objects.search(words).get() == lamp
    # The best match is still what is called just so.
    assert Item.objects.get().search_text.startswith("lamp | grubenlampe | ")


def test_renaming_a_category_renames_it_for_the_search(lamp: Item) -> None:
    lamp.category.translate("name", "fr", "Luminaires")
    lamp.category.save()

    assert Item.objects.search("luminaires").get() == lamp


@pytest.mark.on_both
def test_pictures_are_described_in_the_readers_language(client: Client, lamp: Item) -> None:
    picture: dict[str, Any] = {"item": lamp, "image": "items/x.webp", "width": 9, "height": 9}
    shown = ItemImage.objects.create(alt_text="Lamp", is_described=False, **picture)

    def alt_texts(address: str) -> set[tuple[str, str | None]]:
        images = page(client, address).select("main picture img")
        return {(str(image["alt"]), image.get("lang")) for image in images}  # type: ignore[misc]

    for where in ("store/", "store/item/lamp/", "store/item/lamp/1/"):
        assert alt_texts(f"/de/{where}") == {("Grubenlampe", None)}
    shown.alt_text, shown.is_described = "It hangs", True
    shown.save()
    assert alt_texts("/de/store/") == alt_texts("/de/store/item/lamp/") == {("It hangs", "en")}
    shown.translate("alt_text", "de", "Sie hängt")
    shown.save()
    assert alt_texts("/de/store/") == alt_texts("/de/store/item/lamp/") == {("Sie hängt", None)}
    with override("de"):
        assert pictures_of([("Lampe", lamp)], "https://shop.example.com")[0].alt == "Sie hängt"


def test_the_menu_is_kept_for_each_language(lamp: Item) -> None:
    def names(language: str) -> list[str]:
        with override(language):
            return [link.name for link in category_links()]

    assert names("de") == ["Leuchten"]
    assert names("en") == names("fr") == ["Lights"]


def test_the_feed_speaks_it_too(client: Client, lamp: Item) -> None:
    feed = client.get("/de/store/feed.atom").text

    assert "<title>Grubenlampe</title>" in feed
    assert "Sie brennt." in feed
    assert "Leuchten" in feed


def test_legal_pages_say_it_or_mark_it(client: Client) -> None:
    assert "Erst zahlen." in page(client, "/de/terms/").text
    in_french = page(client, "/fr/terms/")

    assert "Pay first." in in_french.select_one("article [lang=en]").text  # type: ignore[union-attr]


def test_the_terms_of_an_order_are_those_that_its_customer_has_read() -> None:
    said = {}
    for language in ("de", "fr", "en"):
        terms = terms_in_force(language)
        assert terms
        said[language] = terms.text

    assert said == {"de": "Erst zahlen.", "fr": "Pay first.", "en": "Pay first."}


def test_the_words_of_the_law_have_their_own_in_each_language(shop: ShopProfile) -> None:
    with override("de"):
        assert "Sonderregelung" in shop.margin_note_of("")
        shop.margin_note = "Ours"
        assert shop.margin_note_of("") == "Ours"
        shop.translate("margin_note", "de", "Unsere")
        assert shop.margin_note_of("") == "Unsere"
    shop.margin_note = MARGIN_NOTE
    assert shop.margin_note_of("") == MARGIN_NOTE


def test_what_is_saved_again_keeps_what_it_says(lamp: Item) -> None:
    with override("de"):
        item = Item.objects.get()
        item.save()
        assert (item.title, item.translated.title) == ("Lamp", "Grubenlampe")


def test_new_orders_are_ours() -> None:
    assert new_order("key").language == "en"
    assert make_category().translations == {}
