"""Lists and forms of the admin are named by what is in them, not by what Django asks to do."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from store.models import Item, Order
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db


def titles(client: Client, name: str, *args: object) -> list[str]:
    """What stands at its head, and in the browser's tab."""
    page = client.get(reverse(f"admin:{name}", args=args), follow=True).text
    return re.findall(r"<h[12]>(.*?)</h[12]>", page)[:1] + re.findall("<title>(.*?) [|]", page)


def test_no_list_asks_to_select_something(admin_client: Client) -> None:
    for model in admin.site._registry:
        for each in titles(admin_client, f"{model._meta.label_lower.replace('.', '_')}_changelist"):
            assert not each.startswith("Select"), model


def test_a_list_has_the_name_that_the_desk_gives_it(admin_client: Client) -> None:
    assert titles(admin_client, "store_item_changelist") == ["Things", "Things"]
    assert titles(admin_client, "store_order_changelist") == ["Orders", "Orders"]
    # Its own name.
    heads = titles(admin_client, "repairs_restorals_serviceticket_changelist")
    assert heads == ["On the bench", "On the bench"]


def test_every_way_leads_by_the_words_of_the_desk(admin_client: Client) -> None:
    for model in admin.site._registry:
        name = f"admin:{model._meta.label_lower.replace('.', '_')}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_add")):
            page = admin_client.get(address, follow=True)
            way = BeautifulSoup(page.text, "html.parser").select_one(".breadcrumbs")
            # Without the pages of Django's apps, which speak of models.
            others = [each["href"] for each in way.select("a")] if way else []
            assert all(each == "/admin/" or each.count("/") > 3 for each in others), address
            assert way or page.status_code == 403


def test_what_is_added_is_said_in_plain_words(admin_client: Client) -> None:
    wanted = "Add a colleague or customer"
    assert wanted in admin_client.get(reverse("admin:accounts_user_changelist")).text
    assert titles(admin_client, "accounts_user_add") == [wanted] * 2
    for model in admin.site._registry:
        heads = titles(admin_client, f"{model._meta.label_lower.replace('.', '_')}_add")
        assert f"Add {model._meta.verbose_name}" not in heads, model


def test_a_form_has_the_name_of_what_it_is_about(admin_client: Client, clock: Item) -> None:
    order: Order = make_order(clock)
    assert titles(admin_client, "store_item_change", clock.pk) == ["Mantel clock"] * 2
    assert titles(admin_client, "store_order_change", order.pk) == [str(order)] * 2
