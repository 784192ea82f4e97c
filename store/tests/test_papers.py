"""What holds ivory, tortoiseshell or rosewood is shown with its papers only."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from store.models import Item
from store.tests.admin_steps import ITEMS, act, change
from store.tests.csv_files import load, own_csv
from store.tests.factories import make_item
from store.watched import may_go, why_no_papers

PAPERS: dict[str, Any] = {
    "watched_material": "ivory", "certificate": "DE-1", "sent_to": "eu",
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"materials": "ebony"}, ""),
        ({"materials": "Palisanderholz"}, "watched_material"),
        ({"description": "The keys are of ivory."}, "watched_material"),
        ({"materials": "ivory-coloured paint", "watched_material": "none"}, ""),
        ({"watched_material": "ivory"}, "certificate"),
        ({"watched_material": "ivory", "certificate": "DE-1"}, "sent_to"),
        (PAPERS, ""),
    ],
)
def test_what_is_missing_is_asked_for(values: dict[str, str], field: str) -> None:
    assert why_no_papers(values)[0] == field


@pytest.mark.on_both
def test_what_was_on_offer_before_the_question_is_found(db: None) -> None:
    texts: list[dict[str, Any]] = [{"title": "Box, écaille"}, {"materials": "oak\nTORTOISE shell"}]
    texts += [{"description": "(Ivory-white.)"}, {"materials": "Rosewood", "description": "Old."}]
    asked = [make_item(**fields) for fields in texts]
    make_item(title="Privory")
    make_item(title="Ivory", pieces=0)
    make_item(materials="ivory", published=False)
    make_item(materials="ivory", watched_material="none")

    assert {*Item.objects.lacking_answer()} == {*asked}


def test_staff_find_it_in_the_list_of_things(shop: Client) -> None:
    make_item(title="Comb", materials="ivory")
    make_item(title="Chest", materials="oak")

    page = shop.get("/admin/store/item/?law=material")

    assert [item.title for item in page.context["cl"].result_list] == ["Comb"]


def test_the_database_shows_none_without_papers(db: None) -> None:
    for fields in ({**PAPERS, "certificate": ""}, {**PAPERS, "sent_to": "nowhere"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_item(**fields)


def test_the_form_publishes_it_with_papers_and_the_page_says_so(
    shop: Client, client: Client
) -> None:
    item = make_item(published=False, materials="ivory")

    page = change(shop, item, materials="ivory").content.decode()
    assert "please answer whether there is any of these in it" in page
    assert f"missing: {item.title}" in act(shop, ITEMS, "publish", item).content.decode()
    change(shop, item, materials="ivory", shipping="5", **PAPERS)

    page = client.get(item.get_absolute_url()).content.decode()
    assert "ivory; certificate DE-1; may be sent within the EU" in page


def test_an_import_brings_it_in_unpublished_and_says_why(db: None) -> None:
    columns = ["stock_number", "title", "category", "condition", "price", "materials"]

    report = load(own_csv({"materials": "ebony, ivory"}, columns=columns))

    assert not Item.objects.get().published
    assert report.notes == [
        "Not published. Line 2: It says “ivory”: please answer whether there is any of these in it."
    ]
    with_papers = {"materials": "ebony, ivory", "published": "true", **PAPERS}
    assert load(own_csv(with_papers, columns=[*columns, "published", *PAPERS])).notes == []
    assert Item.objects.get().published


@pytest.mark.parametrize(
    ("sent_to", "country", "may"),
    [
        ("", "JP", True),
        ("world", "JP", True),
        ("eu", "AT", True),
        ("eu", "CH", False),
        ("eu", "", False),
        ("country", "DE", True),
        ("country", "AT", False),
        ("nowhere", "DE", False),
    ],
)
def test_it_goes_where_its_papers_let_it(sent_to: str, country: str, may: bool) -> None:

    assert may_go(sent_to, country, "DE") is may


def test_who_answers_for_its_safety_stands_on_the_page(shop: Client, client: Client) -> None:
    item = make_item(nature="new")

    page = change(shop, item, nature="new").content.decode()
    assert "The law wants the maker’s addresses beside what is new or used" in page
    change(shop, item, nature="new", maker_contact="Lampco, Quay 1\nlamps@example.com")

    assert "lamps@example.com" in client.get(item.get_absolute_url()).content.decode()
