"""Where a thing is sent, and for what, is said before the checkout."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from store.models import Item, ShippingZone, ShopProfile, ZoneCountry
from store.shipping.zones import zones_for_pages, zones_now
from store.tests.factories import make_item
from store.tests.zones import make_zone, ship_by_zones

pytestmark = pytest.mark.django_db
ZONE = "/admin/store/shippingzone/"


def page_of(client: Client, item: Item) -> str:
    return str(client.get(item.get_absolute_url()).content.decode())


def choose(client: Client, code: str, back: str = "/store/") -> str:
    answer = client.post("/send-to/", {"country": code, "next": back})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_shop_without_zones_says_its_one_price(client: Client) -> None:
    make_zone("FR")
    item = make_item(shipping=Decimal("9.90"), size_class="small")
    choose(client, "FR")

    page = page_of(client, item)

    assert "plus shipping: €9.90" in page
    assert "Send to:" not in page


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("DE", "€9.00, or collect it at the shop"),
        ("FR", "€18.00, or collect it at the shop"),
        ("BR", "to Brazil on request"),
        ("JP", "we do not send it to Japan"),
    ],
)
def test_the_page_of_a_thing_speaks_of_the_chosen_country(
    client: Client, code: str, text: str
) -> None:
    ship_by_zones()
    item = make_item(shipping=None, size_class="parcel")

    assert choose(client, code, item.get_absolute_url()) == item.get_absolute_url()

    assert text in page_of(client, item)


def test_without_a_choice_it_is_sent_within_the_country(client: Client) -> None:
    ship_by_zones()

    assert "plus shipping to Germany: €7.00" in page_of(client, make_item(shipping=Decimal(7)))
    assert "collection only" in page_of(client, make_item(shipping=None))


def test_by_its_papers_a_thing_stays(client: Client) -> None:
    ship_by_zones()
    papers: Any = {
        "watched_material": "ivory",
        "certificate": "DE-1",
        "sent_to": "country",
    }
    item = make_item(shipping=Decimal(7), size_class="small", **papers)
    choose(client, "FR")

    assert "by its papers not to France" in page_of(client, item)


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example/", "", "no-page", "?no", "store:front"],
)
def test_the_choice_leads_nowhere_else(client: Client, back: str) -> None:
    assert choose(client, "FR", back) == "/store/"


def test_no_country_of_ones_own_making_is_kept(client: Client) -> None:
    assert client.post("/send-to/", {"country": "XX"}).status_code == 200
    assert "send_to" not in client.session


def test_the_bag_says_what_goes_to_there(client: Client) -> None:
    ship_by_zones()
    for size in ("small", "small", "bulky"):
        item = make_item(shipping=None, size_class=size)
        client.post(f"/bag/add/{item.pk}/", {"quantity": 1})
    choose(client, "FR")

    page = client.get("/bag/").content.decode()

    assert "Shipping to France, if we send it" in page
    assert "€90.00" in page
    choose(client, "JP")
    assert page.count("We do not send") == 0
    assert client.get("/bag/").content.decode().count("We do not send “") == 3


def test_pages_forget_prices_that_were_changed(client: Client) -> None:
    ship_by_zones()
    zones_for_pages()
    ShippingZone.objects.get(name="DE").rates.get(size="small").delete()

    assert "small" not in zones_for_pages().of_country["DE"].by_size
    ShopProfile.objects.update(shipping_by_zones=False)
    assert not zones_now().of_country


def zone_data(**fields: object) -> dict[str, object]:
    rows = {"rates-TOTAL_FORMS": 2, "rates-INITIAL_FORMS": 0, "rates-0-size": "small"}
    return {
        "name": "Nordics",
        "position": 0,
        "prices": "size",
        "countries": ["SE", "DK"],
        **rows,
        "rates-0-price": "12,50",
        **fields,
    }


def test_managers_set_up_a_zone(admin_client: Client) -> None:
    answer = admin_client.post(f"{ZONE}add/", zone_data(free_from="300"))

    assert answer.status_code == 302
    zone = ShippingZone.objects.get()
    assert [each.code for each in zone.countries.all()] == ["DK", "SE"]
    assert zone.rates.get().price == Decimal("12.50")
    page = admin_client.get(f"{ZONE}{zone.pk}/change/").content.decode()
    assert '<option value="SE" selected>Sweden</option>' in page


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"countries": ["DK", "FR"]}, "France is in “FR” already."),
        ({"prices": "weight"}, "Up to which weight is this the price?"),
        ({"rates-0-up_to_grams": "500"}, "Either a size or a weight."),
        ({"rates-0-size": ""}, "Either a size or a weight."),
        ({"rates-1-size": "small", "rates-1-price": "1"}, "There is a price for this already."),
    ],
)
def test_a_zone_that_contradicts_itself_is_refused(
    admin_client: Client, fields: dict[str, object], text: str
) -> None:
    make_zone("FR")

    page = admin_client.post(f"{ZONE}add/", zone_data(**fields)).content.decode()

    assert text in page
    assert ZoneCountry.objects.count() == 1


def test_shop_staff_look_at_zones_and_change_none(shop: Client) -> None:
    zone = make_zone("FR")

    page = shop.get(f"{ZONE}{zone.pk}/change/").content.decode()

    assert "France" in page
    assert shop.post(f"{ZONE}add/", zone_data()).status_code == 403
