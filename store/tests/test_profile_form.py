"""What the shop may say about itself."""

import pytest
from django.test import Client
from django.urls import reverse

from store.models import ShopProfile
from store.tests.admin_steps import PROFILE_DATA

ADDRESS = reverse("admin:store_shopprofile_changelist")
REAL = {
    "phone": "+49 (0)40 123456-0",
    "country_code": "DE",
    "postcode": "20359",
    "tax_number": "12/345/67890",
}


@pytest.mark.parametrize(
    ("field", "nonsense", "answer"),
    [
        ("phone", "ring", "Please enter a phone number"),
        ("country_code", "QQ", "We know no country of this name."),
        ("postcode", "!!", "A postcode has letters or digits."),
        ("postcode", "2035", "This is no postcode of that country: there, one looks like"),
        ("tax_number", "hello", "A tax number has digits."),
    ],
)
def test_nonsense_is_answered_beside_its_field(
    admin_client: Client, field: str, nonsense: str, answer: str
) -> None:
    page = admin_client.post(ADDRESS, {**PROFILE_DATA, **REAL, field: nonsense})

    errors = page.context["errors"].as_data()
    assert len(errors) == 1
    assert answer in page.text
    assert not ShopProfile.objects.filter(**{field: nonsense}).exists()


def test_what_is_real_is_kept_and_what_stood_there_binds_nobody(admin_client: Client) -> None:
    assert admin_client.post(ADDRESS, {**PROFILE_DATA, **REAL}).status_code == 302
    assert ShopProfile.objects.filter(**REAL).exists()
    odd = {"phone": "ring", "tax_number": "hello"}
    ShopProfile.objects.update(**odd)

    sent = {**PROFILE_DATA, **REAL, **odd, "tagline": "Anew"}
    assert admin_client.post(ADDRESS, sent).status_code == 302
    assert ShopProfile.objects.get().tagline == "Anew"


def test_no_logo_is_taken_away_where_there_is_none(admin_client: Client) -> None:
    assert "Take the logo away" not in admin_client.get(ADDRESS).text
    ShopProfile.objects.update(logo="logos/a.webp")
    assert "Take the logo away" in admin_client.get(ADDRESS).text
