"""The owner looks up the VAT rates of other countries, and confirms them: before, none counts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from store.models import ShopProfile
from store.taxes.rates import proposed_rates
from store.tests.admin_steps import PROFILE_DATA
from store.tests.taxes import shop_in, tax_by_destination
from store.tests.zones import ship_by_zones

ADDRESS = reverse("admin:store_shopprofile_changelist")
GERMAN = {**PROFILE_DATA, "country_code": "DE", "postcode": "20359", "tax_rate": "19"}
ALL = "\n".join(f"{code} {rate}" for code, rate in proposed_rates("DE").items())
ON = {"tax_by_destination": "on"}
SURE = {"confirm_rates": "on"}


def save(client: Client, **typed: Any) -> str:
    return client.post(ADDRESS, {**GERMAN, **typed}, follow=True).content.decode()


@pytest.mark.django_db
def test_a_table_proposes_rates_that_count_for_nothing(admin_client: Client) -> None:
    shop_in("DE")
    page = admin_client.get(ADDRESS)

    assert "Nobody has confirmed these: a table of" in page.text
    typed = page.context["adminform"].form["destination_rates"].value()
    assert "FR 20\n" in typed
    assert "DE " not in typed
    save(admin_client, destination_rates=typed)
    assert ShopProfile.objects.get().destination_rates == []


@pytest.mark.django_db
def test_the_owner_confirms_them_and_charges_them(admin_client: Client, admin_user: User) -> None:
    save(admin_client, **ON, **SURE, destination_rates=ALL.replace("IT 22", "it 22,0 5"))

    shop = ShopProfile.objects.get()
    assert shop.tax_by_destination
    italy = shop.confirmed_rates["IT"]
    assert (italy.standard, italy.reduced) == (Decimal(22), Decimal(5))
    assert (italy.day, italy.by) == (timezone.localdate(), admin_user.pk)
    assert "Confirmed on" in admin_client.get(ADDRESS).text
    # Whoever saves something else changes nothing of that.
    save(admin_client, **ON, tagline="Anew", destination_rates=ALL.replace("IT 22", "IT 22 5"))
    assert ShopProfile.objects.get().destination_rates == shop.destination_rates
    assert ShopProfile.objects.get().tagline == "Anew"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({**ON}, "tax_by_destination", "Nobody has confirmed the VAT rate of Austria, Belgium"),
        (
            {
                **ON,
                **SURE,
                "destination_rates": ALL.replace("FR 20\n", "").replace("FR 20.0\n", ""),
            },
            "tax_by_destination",
            "Nobody has confirmed the VAT rate of France, where",
        ),
        (
            {**ON, **SURE, "destination_rates": ALL, "country_code": "BR", "postcode": ""},
            "tax_by_destination",
            "This is for shops in a country of the EU",
        ),
        (
            {**ON, **SURE, "destination_rates": ALL, "tax_rate": "0"},
            "tax_by_destination",
            "who charges no VAT",
        ),
        ({"destination_rates": "FR 21"}, "confirm_rates", "Please say that you have looked"),
        ({"destination_rates": "BR 20"}, "destination_rates", "“BR” is no country of the EU"),
        ({"destination_rates": "FR 120"}, "destination_rates", "“120” is no rate"),
        ({"destination_rates": "FR"}, "destination_rates", "“FR”: a country, its rate"),
        ({"destination_rates": "FR 20 5 2"}, "destination_rates", "“FR 20 5 2”: a country"),
        ({"destination_rates": "FR 20\nfr 20"}, "destination_rates", "Each country once"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin_client: Client, typed: dict[str, str], field: str, words: str
) -> None:
    page = admin_client.post(ADDRESS, {**GERMAN, **typed})

    assert words in page.context["adminform"].form.errors[field][0]
    assert not ShopProfile.objects.filter(tax_by_destination=True).exists()


@pytest.mark.django_db
def test_with_zones_only_the_rates_of_their_countries_are_asked_for(admin_client: Client) -> None:
    ship_by_zones()
    assert ShopProfile.objects.get().shipping_by_zones
    zones = {"shipping_by_zones": "on"}

    page = save(admin_client, **ON, **SURE, **zones, destination_rates="FR 20\nIT 22")

    assert "where you send things" not in page
    assert ShopProfile.objects.get().tax_by_destination


@pytest.mark.django_db
def test_no_country_comes_into_a_zone_whose_rate_is_not_known(admin_client: Client) -> None:
    ship_by_zones()
    tax_by_destination(FR="20", IT="22")
    data = {
        "name": "South",
        "position": 9,
        "prices": "size",
        "countries": ["ES"],
        "rates-TOTAL_FORMS": 0,
        "rates-INITIAL_FORMS": 0,
    }

    page = admin_client.post(reverse("admin:store_shippingzone_add"), data)

    assert "Nobody has confirmed the VAT rate of Spain" in page.text
    ShopProfile.objects.update(tax_by_destination=False)
    assert admin_client.post(reverse("admin:store_shippingzone_add"), data).status_code == 302


@pytest.mark.django_db
def test_after_a_year_somebody_looks_at_them_again() -> None:
    shop = tax_by_destination(FR="20")
    assert shop.rates_are_looked_at
    [row] = shop.destination_rates
    row["day"] = (timezone.localdate() - timedelta(days=400)).isoformat()
    assert not shop.rates_are_looked_at
    shop.tax_by_destination = False
    assert shop.rates_are_looked_at
