"""In which order a search shows what it finds: the same on both databases."""

import pytest
from django.test import Client
from django.urls import reverse

from store import catalogue_filter
from store.models import Item, Piece
from store.services import index_items
from store.tests.factories import make_category, make_item
from store.tests.test_list import hold, titles

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]

LIST = reverse("store:list")


def found(client: Client, query: str) -> list[str]:
    return titles(client.get(f"{LIST}?q={query}").text)


@pytest.fixture
def shop() -> None:
    """What has a word nearer to the front is older, so that the newest come last."""
    make_item(title="Regulator, oak")
    make_item(title="By Oak", maker="Oak & Sons")
    make_item(title="Of the oaks", category=make_category("Oak"))
    make_item(title="Made of it", materials="pine, oak")
    make_item(title="Its time", period="Oak age")
    Item.objects.filter(title="By Oak").update(title="By them")
    Item.objects.filter(title="Of the oaks").update(title="Of these")
    index_items(Item.objects.values_list("pk", flat=True))


@pytest.mark.usefixtures("shop")
def test_title_comes_before_maker_before_category_before_materials(client: Client) -> None:
    expected = ["Regulator, oak", "By them", "Of these", "Made of it", "Its time"]

    assert found(client, "oak") == found(client, "Öak&sort=best") == expected
    assert found(client, "oak&sort=new") == expected[::-1]


def test_what_is_called_just_so_comes_first_and_what_only_begins_so_last(client: Client) -> None:
    Piece.objects.create(item=make_item(title="Kettle", pieces=0), stock_number="Clock")
    for title in ("Clock", "Long-case clock", "Clockwork", "Clock, clock", "Clocks"):
        make_item(title=title)

    expected = ["Clock, clock", "Clock", "Long-case clock", "Kettle", "Clocks", "Clockwork"]
    assert found(client, "clock") == expected


def test_all_words_count(client: Client) -> None:
    for title, materials in (("Oak clock", ""), ("Clock", "oak"), ("Box", "oak, a clock")):
        make_item(title=title, materials=materials)

    assert found(client, "oak clock") == found(client, "clock oak") == ["Oak clock", "Clock", "Box"]


def test_of_equal_matches_the_newest_comes_first_whoever_holds_it(client: Client) -> None:
    for title in ("Clock A", "Clock B", "Clock C"):
        newest = make_item(title=title)
    hold(newest)

    assert found(client, "clock") == ["Clock C", "Clock B", "Clock A"]
    assert found(client, "") == ["Clock C", "Clock B", "Clock A"]


def test_only_so_many_matches_are_ranked_the_newest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_filter, "MATCHES_RANKED", 2)
    for title in ("Radio", "Wall radio", "Radios"):
        make_item(title=title)

    assert found(client, "radio") == ["Wall radio", "Radios"]
    assert found(client, "radio&sort=new") == ["Radios", "Wall radio", "Radio"]


def test_the_best_match_can_be_chosen_where_words_are_asked_for(client: Client) -> None:
    make_item(title="Clock")
    option = '<option value="best"'

    assert f"{option}>" in client.get(f"{LIST}?q=clock").text
    assert f"{option} selected>" in client.get(f"{LIST}?q=clock&sort=best").text
    assert option not in client.get(LIST).text
    page = client.get(f"{LIST}?sort=best")
    assert titles(page.text) == ["Clock"]
    assert "Select a valid choice" not in page.text


@pytest.mark.parametrize("query", ["%25", "|", "' \\", "x " * 60])
def test_any_words_can_be_ranked(client: Client, query: str) -> None:
    make_item(title="Clock")

    assert found(client, query) == []


def test_what_is_written_so_comes_before_other_forms_and_those_before_parts(client: Client) -> None:
    make_item(title="Chair")
    make_item(title="Stool", materials="of a chair")
    make_item(title="Chairs")
    make_item(title="Armchair")
    make_item(title="Bench", description="Goes with a chair.")
    make_item(title="Chairman")

    expected = ["Chair", "Stool", "Chairs", "Armchair", "Bench", "Chairman"]
    assert found(client, "chair") == expected


def test_what_is_written_so_is_ranked_however_many_newer_ones_are_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_filter, "MATCHES_RANKED", 1)
    for title in ("Stool", "Footstool", "Barstool"):
        make_item(title=title)

    assert found(client, "stool") == ["Stool"]
