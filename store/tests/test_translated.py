import pickle

import pytest
from django.utils.translation import override

from store.models import Category
from store.templatetags.translated import lang, marked
from typed.translated import Words, said

OTHERS = {"de": "Lampe"}


@pytest.mark.parametrize(
    ("active", "text", "language"),
    [("de", "Lampe", "de"), ("en", "Lamp", "en"), ("fr", "Lamp", "en"), (None, "Lamp", "en")],
)
def test_the_readers_language_is_said_or_else_the_main_one(
    active: str | None, text: str, language: str
) -> None:
    with override(active):
        words = said("Lamp", OTHERS)

    assert (str(words), words.language) == (text, language)


def test_the_same_letters_in_another_language_are_other_words() -> None:
    here, there = Words("Name", "de"), Words("Name", "en")

    assert here != there
    assert here == "Name" == there
    assert here == Words("Name", "de")
    assert len({here, there}) == 2


def test_words_keep_their_language_in_a_cache() -> None:
    kept = pickle.loads(pickle.dumps(Words("Lampe", "de")))  # noqa: S301

    assert (kept, kept.language) == ("Lampe", "de")


def test_what_is_taken_away_leaves_nothing() -> None:
    category = Category(name="Lamps")
    before = category.translations

    category.translate("name", "fr", "Lampes")
    category.translate("name", "de", "Lampen")
    assert category.in_all_languages("name") == "Lamps Lampen Lampes"
    category.translate("name", "de", "")
    assert category.translations == {"name": {"fr": "Lampes"}}
    category.translate("name", "fr", "")

    assert category.translations == before == {}


def test_only_what_may_be_translated_is_asked_for() -> None:
    with pytest.raises(AttributeError):
        _ = Category(name="Lamps", slug="lamps").translated.slug


def test_only_another_language_is_marked() -> None:
    with override("de"):
        assert marked(Words("Lampe & Uhr", "de")) == "Lampe & Uhr"
        assert marked(Words("Lamp & <clock>", "en")) == (
            '<span lang="en">Lamp &amp; &lt;clock&gt;</span>'
        )
        assert (lang(Words("Lampe", "de")), lang(Words("Lamp", "en"))) == ("", ' lang="en"')
        assert (lang("Lamp"), marked("Lamp"), marked(Words("", "en"))) == ("", "Lamp", "")
