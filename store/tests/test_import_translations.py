"""Columns such as `title:de` carry what things say in the further languages of the shop."""

from io import BytesIO

import pytest

from store.exports import export_items
from store.imports.looking import look_at
from store.imports.options import Options
from store.imports.recognising import UnreadableFile
from store.models import Item, ShopProfile
from store.tests.csv_files import load, own_csv, reasons
from store.tests.factories import make_item, offer_languages
from store.tests.test_exports import empty_the_shop

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
COLUMNS = ["stock_number", "title", "category", "condition", "price", "title:de", "description:de"]
WORDS = {"title:de": "Schale", "description:de": "Zwei\nZeilen"}


@pytest.fixture(autouse=True)
def _speaks_german() -> None:
    offer_languages("de")


def exported() -> bytes:
    return "".join(export_items(Item.objects.all())).encode()


def test_an_export_fills_an_empty_shop_with_the_same_words() -> None:
    load(own_csv({**WORDS, "title:de": "=Schale"}, columns=COLUMNS))
    before, file = Item.objects.get(), exported()
    assert before.translations == {
        "title": {"de": "=Schale"},
        "description": {"de": "Zwei\nZeilen"},
    }
    assert "schale" in before.search_text
    assert b"'=Schale" in file
    assert load(file).unchanged == 1
    empty_the_shop()

    assert load(file).created == 1
    again = Item.objects.get()
    assert again.translations == before.translations
    assert again.search_text == before.search_text


def test_a_file_changes_the_languages_that_it_names() -> None:
    load(own_csv(WORDS, columns=COLUMNS))
    item = Item.objects.get()
    item.translate("title", "fr", "Bol")
    item.save()

    assert load(own_csv(columns=COLUMNS[:5])).unchanged == 0
    report = load(own_csv({"title:de": "", "description:de": "Neu"}, columns=COLUMNS))

    assert report.updated == 1
    item.refresh_from_db()
    assert item.translations == {"title": {"fr": "Bol"}, "description": {"de": "Neu"}}
    assert "schale" not in item.search_text


def test_a_text_too_long_is_refused_with_its_column() -> None:
    report = load(own_csv({"title:de": "x" * 201}, columns=COLUMNS))

    assert reasons(report) == ["Line 2: title:de is longer than 200 characters."]
    assert not Item.objects.exists()


@pytest.mark.parametrize("column", ["title:fr", "Title : NL", "description:pt-br", "title:en"])
def test_a_language_that_the_shop_does_not_speak_is_refused(column: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        load(own_csv(columns=[*COLUMNS, column]))

    assert f"“{column}” is in none of the further languages of the shop (de)" in str(refusal.value)
    assert not Item.objects.exists()


def test_a_look_shows_what_will_be_read() -> None:
    look = look_at(BytesIO(own_csv(WORDS, columns=COLUMNS)), Options())

    assert look.is_clear
    [(_line, cells, _bad)] = look.rows
    assert cells[look.headings.index("Title (de)")] == "Schale"


def test_a_shop_of_one_language_has_no_such_columns() -> None:
    ShopProfile.objects.update(further_languages=[])
    ShopProfile.clear_cache()
    make_item().translate("title", "de", "Uhr")

    assert b":de" not in exported()
