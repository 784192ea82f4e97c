"""Staff write in the further languages of the shop, below what it is in the main one."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from store.models import Category, Item, ItemImage, ShopProfile
from store.tests.admin_steps import PROFILE_DATA, change, change_data, item_data
from store.tests.factories import make_category, make_item, offer_languages

PROFILE = reverse("admin:store_shopprofile_changelist")
pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def speaks_german(db: None) -> None:
    offer_languages("de")


def form_of(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_a_shop_of_one_language_is_asked_for_none(shop: Client) -> None:
    seen = form_of(shop, reverse("admin:store_item_change", args=[make_item().pk]))

    assert seen.select("[name=title]")
    assert not seen.select("[name^=title_], [name*=alt_text_]")


@pytest.mark.usefixtures("speaks_german")
def test_a_thing_is_described_in_another_language(shop: Client) -> None:
    item = make_item(title="Lamp <b>")
    asked = form_of(shop, reverse("admin:store_item_change", args=[item.pk]))
    assert asked.select_one("fieldset.collapse [name=title_de]")["lang"] == "de"  # type: ignore[index]
    # What is to be translated stands below, as it was typed.
    hint = asked.select_one("#id_title_de_helptext")
    assert hint
    assert hint.text.strip() == "Lamp <b>"

    change(shop, item, title_de=" Lampe ", description_de="Sie brennt.\r\nOft.")

    item.refresh_from_db()
    assert item.translations == {
        "title": {"de": "Lampe"},
        "description": {"de": "Sie brennt.\nOft."},
    }
    assert "lampe" in item.search_text
    assert "Title (Deutsch)" in LogEntry.objects.latest("pk").get_change_message()
    change(shop, item, title_de="")
    item.refresh_from_db()
    assert item.translations == {}


@pytest.mark.usefixtures("speaks_german")
def test_the_limits_are_those_of_the_field(shop: Client) -> None:
    item = make_item()
    data = change_data(item, title_de="x" * 201)

    answer = shop.post(reverse("admin:store_item_change", args=[item.pk]), data)

    assert set(answer.context["adminform"].form.errors) == {"title_de"}
    assert Item.objects.get().translations == {}


@pytest.mark.usefixtures("speaks_german")
def test_a_new_thing_and_its_copy_speak_both(shop: Client) -> None:
    data = item_data(make_category(), title_de="Uhr")
    shop.post(reverse("admin:store_item_add"), data)
    item = Item.objects.get()
    assert item.translations == {"title": {"de": "Uhr"}}

    shop.post(reverse("admin:store_item_duplicate", args=[item.pk]))

    assert [each.translated.title.language for each in Item.objects.all()] == ["en", "en"]
    assert Item.objects.latest("pk").translations == {"title": {"de": "Uhr"}}


@pytest.mark.usefixtures("speaks_german")
def test_a_picture_is_described_in_another_language(shop: Client) -> None:
    item = make_item()
    image = ItemImage.objects.create(
        item=item, image="items/x.webp", alt_text="A lamp", width=9, height=9
    )

    change(shop, item, **{"images-0-alt_text_de": "Eine Lampe"})

    image.refresh_from_db()
    assert (image.alt_text, image.translations) == ("A lamp", {"alt_text": {"de": "Eine Lampe"}})


@pytest.mark.usefixtures("speaks_german")
def test_what_is_said_in_a_language_no_more_spoken_stays(shop: Client) -> None:
    item = make_item()
    item.translate("title", "fr", "Lampe à huile")
    item.save()

    change(shop, item, title_de="Lampe")

    item.refresh_from_db()
    assert item.translations == {"title": {"de": "Lampe", "fr": "Lampe à huile"}}


@pytest.mark.usefixtures("speaks_german")
def test_a_category_has_a_name_in_each_language(admin_client: Client) -> None:
    category = make_category("Lamps")
    data = {"name": "Lamps", "slug": "lamps", "position": "0", "name_de": "Lampen"}

    admin_client.post(reverse("admin:store_category_change", args=[category.pk]), data)

    assert Category.objects.get().translations == {"name": {"de": "Lampen"}}


@pytest.mark.usefixtures("speaks_german")
def test_the_profile_speaks_both(admin_client: Client) -> None:
    profile = {**PROFILE_DATA, "further_languages": "de", "tagline_de": "Sachen"}
    assert admin_client.post(PROFILE, profile).status_code == 302

    assert ShopProfile.get_solo().translations == {"tagline": {"de": "Sachen"}}
