"""The demo shop speaks its further languages, as far as they go."""

import pytest

from repairshop.demo.profile import FURTHER_LANGUAGES, fill_profile
from repairshop.demo.things import CATEGORIES, category_named, load_things
from repairshop.demo.translations import load_translations
from store.models import Item, ShopProfile


@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_all_that_has_a_name_has_one_in_each_language(language: str) -> None:
    said = load_translations()[language]
    things = {thing["slug"] for thing in load_things()}

    assert set(said["titles"]) == things
    assert set(said["categories"]) == {*CATEGORIES}
    assert set(said["descriptions"]) <= things
    longest = Item._meta.get_field("title").max_length or 0
    assert max(map(len, said["titles"].values())) <= longest


@pytest.mark.bare_shop
def test_profile_and_categories_are_filled_in_all_languages(db: None) -> None:
    assert fill_profile()
    category = category_named("Furniture")

    assert ShopProfile.get_solo().translated_into("de").tagline.startswith("Einzelstücke")
    assert (category.translated_into("de").name, category.translated_into("fr").name) == (
        "Möbel",
        "Meubles",
    )
