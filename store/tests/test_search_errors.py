"""What is shown to somebody who mistyped a word."""

import pytest
from django.test import Client
from django.urls import reverse

from store.models import Item, SearchWord
from store.search.correcting import corrected
from store.search.vocabulary import VOCABULARY, add_words, errors_between, note_words, similar_to
from store.tests.factories import make_category, make_item
from store.tests.test_list import titles

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
LIST = reverse("store:list")


def make(*shown: str) -> None:
    """Things of these titles, with what follows their transaction."""
    for title in shown:
        make_item(title=title)
    add_words(sorted({word for title in shown for word in title.lower().split()}))


def meant(text: str) -> str:
    return corrected(Item.objects.all(), text)


def test_a_mistyped_word_shows_what_was_meant_and_says_so(client: Client) -> None:
    make("Camera", "Microscope")

    page = client.get(f"{LIST}?q=camra").text

    assert titles(page) == ["Camera"]
    assert "Nothing matches “camra”. Showing “camera” instead." in page


def test_nothing_is_put_right_where_something_is_found(client: Client) -> None:
    make("Camera", "Camra of Tyre")

    page = client.get(f"{LIST}?q=camra").text

    assert titles(page) == ["Camra of Tyre"]
    assert "instead" not in page


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("camra", "camera"),
        ("cameera", "camera"),
        ("canera", "camera"),
        ("acmera", "camera"),
        ("miscrosope", "microscope"),
        ("brass camra", "brass camera"),
        ("camera brsas", "camera brass"),
        ("xyzzy", ""),
        ("ok", ""),
        ("1895", ""),
    ],
)
def test_what_was_meant(typed: str, right: str) -> None:
    make("Camera of brass", "Microscope", "Oak")

    assert meant(typed) == right


def test_of_two_words_as_near_the_one_of_a_title_is_meant() -> None:
    make("Parrot", "Coat for a part", "Part of a clock")

    assert meant("parot") == "parrot"


def test_a_word_whose_things_are_gone_is_not_meant() -> None:
    make("Camera")
    Item.objects.update(search_text="lamp |")

    assert meant("camra") == ""


def test_only_what_is_chosen_otherwise_is_meant(client: Client) -> None:
    make("Camera")
    make_category("Lamps")

    assert titles(client.get(f"{LIST}?q=camra&price_from=1").text) == ["Camera"]
    assert titles(client.get(f"{LIST}?q=camra&price_to=0.01").text) == []


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("chair", "chair", 0), ("chair", "hcair", 1), ("ca", "abc", 3), ("chair", "char", 1)],
)
def test_errors_between_words(one: str, other: str, errors: int) -> None:
    assert errors_between(one, other, 3) == errors_between(other, one, 3) == errors


def test_words_are_known_at_once_and_once() -> None:
    add_words(["camera", "lamp"])
    assert similar_to("camra", VOCABULARY.words) == [(1, "camera")]

    add_words(["camara", "camera"])
    assert similar_to("camra", VOCABULARY.words) == [(1, "camara"), (1, "camera")]
    assert SearchWord.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_words_of_a_saved_thing_are_known() -> None:
    item = make_item(title="Camera, 1895", description="In a kase.", maker="Leitz")
    note_words(["lamp | | | | | 123 | | "])

    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"camera", "leitz", "kase", "lamp"} <= words
    assert not words & {"1895", "123", str(item.pk)}


def test_pages_of_what_was_meant_lead_to_each_other(client: Client) -> None:
    make(*(f"Camera number {number}" for number in range(30)))

    page = client.get(f"{LIST}?q=camra").text

    assert 'href="?q=camera&amp;page=2"' in page or f"{LIST}?q=camera&amp;page=2" in page


def test_where_nothing_is_found_the_page_leads_on(client: Client) -> None:
    make("Camera")

    page = client.get(f"{LIST}?q=zzzzzz").text

    assert "New arrivals" in page
    assert "Camera" in page.partition('class="nothing')[2]
