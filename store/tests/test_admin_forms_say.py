"""Forms of the admin say at the top what is wrong, and ask first what is always asked."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import make_staff
from store.models import Item
from store.tests.admin_steps import PROFILE_DATA, change_data, item_data
from store.tests.factories import make_category, make_item

pytestmark = pytest.mark.usefixtures("media")
ADD = reverse("admin:store_item_add")


def page_of(item: Item) -> str:
    return reverse("admin:store_item_change", args=[item.pk])


def linked(page: str) -> list[str]:
    """The fields to which the list at the top leads, all of which are on the page."""
    soup = BeautifulSoup(page, "html.parser")
    targets = [str(link["href"])[1:] for link in soup.select(".wrong-fields a")]
    assert all(soup.find(id=target) for target in targets)
    return targets


def test_each_wrong_field_of_a_thing_is_named_and_linked(shop: Client) -> None:
    data = item_data(make_category(), condition="", quantity="0")
    assert linked(shop.post(ADD, data).text) == ["id_condition", "id_quantity"]


def test_so_is_one_of_a_row(shop: Client) -> None:
    item = make_item()
    data = change_data(item, **{"pieces-0-stock_number": ""})
    page = shop.post(page_of(item), data).text
    assert linked(page) == ["id_pieces-0-stock_number"]
    assert "Piece 1, Stock number" in " ".join(page.split())


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("store_shopprofile_changelist", {**PROFILE_DATA, "country_code": "QQ"}, "id_country_code"),
        ("accounts_user_add", {"name": "", "email": "zoe@example.com"}, "id_name"),
        ("repairs_restorals_serviceticket_add", {"name": "Ada", "title": ""}, "id_title"),
    ],
)
def test_so_are_those_of_other_forms(
    admin_client: Client, name: str, data: dict[str, str], wrong: str
) -> None:
    assert wrong in linked(admin_client.post(reverse(f"admin:{name}"), data).text)


def test_a_thing_is_asked_first_what_all_things_are_asked(shop: Client) -> None:
    only = make_category()
    page = shop.get(ADD)
    fields = [
        name for fieldset in page.context["adminform"] for line in fieldset for name in line.fields
    ]
    assert fields.index("condition") < fields.index("price") < fields.index("certificate")
    soup = BeautifulSoup(page.text, "html.parser")
    folded = soup.select_one("details:has(#id_certificate)")
    assert folded
    assert not folded.has_attr("open")
    chosen = soup.select_one("#id_category option[selected]")
    assert chosen
    assert chosen["value"] == str(only.pk)
    assert soup.find(id="add_id_category")
    for way in ("change", "delete", "view"):
        assert not soup.find(id=f"{way}_id_category")
    assert "Add a thing" in page.text
    assert "Page address" in page.text

    make_category(name="Other", slug="other")
    again = BeautifulSoup(shop.get(ADD).text, "html.parser")
    assert again.select_one("#id_category option[selected]")["value"] == ""  # type: ignore[index]


def test_what_the_law_asks_is_open_where_it_is_filled_in_or_wrong(shop: Client) -> None:
    def is_folded(page: str) -> bool:
        return bool(BeautifulSoup(page, "html.parser").select("details #id_certificate"))

    item = make_item()
    assert is_folded(shop.get(page_of(item)).text)
    ivory = item_data(item.category, watched_material="ivory", published="on")
    assert not is_folded(shop.post(ADD, ivory).text)
    item.maker_contact = "Somewhere 1"
    item.save()
    assert not is_folded(shop.get(page_of(item)).text)


def test_only_the_wrong_line_of_closed_days_is_marked(admin_client: Client) -> None:
    data = {
        **PROFILE_DATA,
        "closed_days-first": ["2026-12-24", "2026-12-28"],
        "closed_days-last": ["2026-12-20", ""],
        "closed_days-notice": ["", ""],
    }
    address = reverse("admin:store_shopprofile_changelist")
    page = BeautifulSoup(admin_client.post(address, data).text, "html.parser")

    lines = page.select(".closed-days__row")
    marked = [line for line in lines if "closed-days__row--wrong" in str(line["class"])]
    assert marked == lines[:1]
    assert len(page.select(".closed-days__row [aria-invalid]")) == 3
    assert len(page.select("input[name=_save]")) == 2


def test_who_is_no_superuser_reads_of_people_in_plain_words(
    sam: User, admin_client: Client
) -> None:
    manager = Client()
    manager.force_login(make_staff("mia@example.com", group=MANAGERS))
    address = reverse("admin:accounts_user_change", args=[sam.pk])
    page = manager.get(address).text
    for words in ("May log in", "Works here", "Shop staff: sell, send"):
        assert words in page
    for words in ("Superuser status", "Staff status", "Unselect this", "id_user_permissions"):
        assert words not in page
    assert "edit more user options" not in manager.get(reverse("admin:accounts_user_add")).text

    soup = BeautifulSoup(admin_client.get(address).text, "html.parser")
    assert soup.select("details:not([open]) #id_user_permissions")
