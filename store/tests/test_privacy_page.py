"""The privacy page says what this shop does, by what is switched on."""

from typing import Any

import pytest
from django.test import Client

from accounts.cookies import COOKIES
from accounts.tests.factories import PASSWORD, make_user
from store.models import ShopProfile

pytestmark = pytest.mark.django_db


def test_services_are_named_only_when_they_are_used(client: Client, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    settings.AWS_STORAGE_BUCKET_NAME = ""
    before = client.get("/privacy/").text
    assert "Stripe" not in before
    assert "pictures and photos are stored" not in before

    settings.STRIPE_SECRET_KEY = "sk_test_1"
    settings.AWS_STORAGE_BUCKET_NAME = "photos"
    settings.AWS_S3_ENDPOINT_URL = "https://s3.example.com"
    after = client.get("/privacy/").text

    assert "Stripe" in after
    assert "s3.example.com, where pictures and photos are stored" in after


def test_it_says_how_long_mails_and_log_ins_are_kept(client: Client, settings: Any) -> None:
    settings.SECURITY_LOG_DAYS = 77

    assert "77 days" in client.get("/privacy/").text


def test_each_cookie_that_a_visitor_gets_is_listed(client: Client) -> None:
    user = make_user()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"username": user.email, "password": PASSWORD})
    client.get("/bag/")
    page = client.get("/privacy/").text

    assert {*client.cookies} <= {cookie.name for cookie in COOKIES}
    assert len(client.cookies) >= 3
    assert all(f"<code>{cookie.name}</code>" in page for cookie in COOKIES)
    assert len({cookie.name for cookie in COOKIES}) == len(COOKIES) == 7


def test_the_shops_own_words_come_first(client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"privacy": "We are careful."})
    page = client.get("/privacy/").text

    assert page.index("We are careful.") < page.index("Your rights")


def test_the_statement_on_accessibility_has_a_date_and_a_way_to_complain(client: Client) -> None:
    ShopProfile.objects.update_or_create(pk=1, defaults={"email": "ask@example.com"})
    page = client.get("/accessibility/").text

    assert "2026" in page
    assert "mailto:ask@example.com" in page
    assert 'href="/accessibility/"' in client.get("/").text
