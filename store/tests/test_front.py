from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from store.models import ShopProfile
from store.tests.factories import make_category, make_item

pytestmark = pytest.mark.django_db


def front(client: Client) -> str:
    response = client.get(reverse("store:front"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_newest_things_and_the_categories_are_shown(client: Client) -> None:
    make_item(title="Old lamp", category=make_category("Lamps"))
    make_item(title="New vase", category=make_category("Vases"))

    page = front(client)

    assert page.index("New vase") < page.index("Old lamp")
    assert 'href="/store/vases/"' in page


def test_the_promise_names_the_minutes(client: Client, settings: Settings) -> None:
    settings.HOLD_FOR = timedelta(minutes=20)

    assert "What is in your bag is yours for 20 minutes." in front(client)


def test_an_empty_shop_has_a_front_page(client: Client) -> None:
    assert "What is in your bag is yours" in front(client)


def test_the_shop_speaks_in_its_own_words(client: Client) -> None:
    profile = ShopProfile.get_solo()
    profile.name, profile.city, profile.opening_hours = "Wagner & Daughter", "Potsdam", "Tue\nWed"
    profile.save()

    page = front(client)

    assert "Wagner &amp; Daughter" in page
    assert "Potsdam" in page
    assert "Tue<br>Wed" in page


def test_the_front_page_costs_one_query(
    client: Client, clock: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    front(client)

    with django_assert_num_queries(1):
        front(client)


def test_a_page_without_a_button_sets_no_cookie(client: Client, clock: object) -> None:
    front(client)

    assert not client.cookies


def test_the_front_page_can_only_be_read(client: Client) -> None:
    assert client.post(reverse("store:front")).status_code == 405


@pytest.mark.bare_shop
@pytest.mark.parametrize("name", ["terms", "privacy", "imprint"])
def test_a_legal_page_shows_what_the_shop_wrote(client: Client, name: str) -> None:
    url = reverse(f"store:{name}")
    assert "The shop has not written this text yet." in client.get(url).content.decode()
    profile = ShopProfile.get_solo()
    setattr(profile, name, "Be kind.\n\n<b>Always</b>.")
    profile.save()

    page = client.get(url).content.decode()

    assert "<p>Be kind.</p>" in page
    assert "&lt;b&gt;Always" in page
    assert client.post(url).status_code == 405


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days_to_pay", 30_000),
        ("remind_days", 7),
        ("iban", "DE02 1203 0000 0000 2020 52"),
        ("bic", "x"),
        ("credit_prefix", ""),
    ],
)
def test_a_slip_of_the_pen_in_the_shops_profile_is_refused(field: str, value: Any) -> None:
    profile = ShopProfile.get_solo()
    setattr(profile, field, value)

    with pytest.raises(ValidationError) as refusal:
        profile.full_clean()
    assert [*refusal.value.message_dict] == [field]
