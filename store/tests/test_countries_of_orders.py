"""To which countries orders go, and in which the shop is."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.home import own_country
from accounts.postal import match_countries
from store.models import Order, ShopProfile
from store.tests.factories import make_item, make_order

ORDERS = reverse("admin:store_order_changelist")


def test_the_release_before_reads_an_order_in_the_language_of_its_customer(db: None) -> None:
    order = make_order(make_item(), delivery="ship", country_code="AT", language="de")

    assert Order.objects.values_list("country", flat=True).get(pk=order.pk) == "Österreich"


def test_the_country_of_the_shop_is_that_of_its_profile(db: None) -> None:
    assert own_country() == ""
    shop = ShopProfile.get_solo()
    shop.country_code = "NL"
    shop.save()

    assert own_country() == "NL"
    # As the release before writes it.
    ShopProfile.objects.update(country="Belgique")
    assert ShopProfile.get_solo().country_code == "BE"
    assert match_countries() == 1


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        (True, {"delivery": "ship", "country": "Ruritania"}),
        (False, {"delivery": "ship", "country": "Brasil"}),
        (False, {"delivery": "collect", "country": "Ruritania"}),
        (False, {"delivery": "ship", "country": "Ruritania", "state": "shipped"}),
    ],
)
def test_staff_find_orders_to_countries_that_nobody_knows(
    admin_client: Client, found: bool, fields: dict[str, Any]
) -> None:
    order = make_order(make_item(), **fields)

    assert (order.reference in admin_client.get(ORDERS, {"country": "unknown"}).text) is found
    assert ("order to a country that we do not know" in admin_client.get("/admin/").text) is found
