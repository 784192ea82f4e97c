import pytest
from django.test import Client
from django.urls import reverse

from store.admin.forms import ItemForm, unique_slug
from store.models import Category, Item, PastAddress
from store.tests.csv_files import load, own_csv
from store.tests.factories import make_category, make_item

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


def rename(slug: str, new: str, model: type[Item | Category] = Item) -> None:
    thing = model._default_manager.get(slug=slug)
    thing.slug = new
    thing.save()


def leads_to(client: Client, slug: str, view: str = "item", query: str = "") -> str:
    answer = client.get(reverse(f"store:{view}", args=[slug]) + query)
    return answer.headers.get("Location", str(answer.status_code))


def test_an_item_is_found_under_all_addresses_that_it_had(client: Client) -> None:
    make_item(slug="a")
    rename("a", "b")
    rename("b", "c")

    assert leads_to(client, "a", query="?from=mail") == "/store/item/c/?from=mail"
    assert leads_to(client, "b") == "/store/item/c/"
    assert leads_to(client, "c") == "200"
    assert client.get("/store/item/a/").status_code == 301


def test_a_category_is_found_under_all_addresses_that_it_had(client: Client) -> None:
    make_category("Clocks")
    rename("clocks", "watches", Category)

    assert leads_to(client, "clocks", "category", "?page=2") == "/store/watches/?page=2"
    assert leads_to(client, "watches", "category") == "200"


def test_what_is_called_as_before_again_is_there(client: Client) -> None:
    make_item(slug="a")
    rename("a", "b")
    rename("b", "a")

    assert leads_to(client, "a") == "200"
    assert leads_to(client, "b") == "/store/item/a/"
    assert PastAddress.objects.count() == 1


def test_an_item_and_a_category_of_one_name_are_two(client: Client) -> None:
    make_item(slug="clocks", category=make_category("Clocks"))
    rename("clocks", "old-clock")
    rename("clocks", "watches", Category)

    assert leads_to(client, "clocks") == "/store/item/old-clock/"
    assert leads_to(client, "clocks", "category") == "/store/watches/"


def test_an_old_address_tells_nothing_of_what_is_not_shown(client: Client) -> None:
    make_item(slug="a", published=False)
    rename("a", "b")

    assert leads_to(client, "a") == "404"


def test_nothing_new_takes_an_address_that_leads_elsewhere(client: Client) -> None:
    make_item(slug="bowl", title="Bowl")
    rename("bowl", "silver-bowl")

    load(own_csv({"title": "Bowl"}))

    assert unique_slug("Bowl") == "bowl-2"
    assert leads_to(client, "bowl") == "/store/item/silver-bowl/"
    form = ItemForm({"slug": "bowl", "title": "Bowl"})
    assert "had it before" in form.errors["slug"][0]


def test_saving_without_renaming_costs_and_notes_nothing() -> None:
    make_item(slug="a").save()
    Item.objects.defer("slug").get().save()

    assert not PastAddress.objects.exists()
