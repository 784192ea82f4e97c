"""Prices in other currencies are information by the owner's rates, and nothing is paid in them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from store.currency_rates import Rate, about, written
from store.models import ShopProfile
from store.tests.admin_steps import PROFILE_DATA
from store.tests.factories import make_item

PROFILE = reverse("admin:store_shopprofile_changelist")
TODAY = date(2026, 11, 29)
FRANCS = Rate("CHF", Decimal("0.93"), TODAY)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("119.37", "CHF", "CHF119"),
        ("1234.50", "GBP", "£1,230"),
        ("12.34", "USD", "$12"),
        ("4.567", "USD", "$4.57"),
        ("9.99", "JPY", "¥10"),
        ("15432", "JPY", "¥15,400"),
        ("4.5678", "KWD", "KWD4.568"),
    ],
)
def test_three_digits_are_enough(amount: str, currency: str, shown: str) -> None:
    assert written(Decimal(amount), currency).replace("\xa0", "") == shown


def test_a_reader_sees_it_in_their_language() -> None:
    with override("de"):
        assert written(Decimal(1234), "USD") == "1.230\xa0$"


@pytest.mark.parametrize(
    ("age", "is_shown"), [(-2, False), (-1, True), (0, True), (31, True), (32, False)]
)
def test_a_rate_that_is_too_old_is_not_shown(age: int, is_shown: bool) -> None:
    assert bool(about(Decimal(100), [FRANCS], TODAY + timedelta(days=age))) is is_shown


def test_nothing_is_said_without_a_rate_or_of_nothing() -> None:
    assert about(Decimal(100), [], TODAY) == about(Decimal(0), [FRANCS], TODAY) == ""


def test_the_oldest_day_of_what_is_shown_is_named() -> None:
    rates = [FRANCS, Rate("GBP", Decimal("0.8"), TODAY - timedelta(days=3))]
    rates.append(Rate("USD", Decimal(2), TODAY - timedelta(days=99)))

    said = about(Decimal(100), rates, TODAY)

    assert "£80.00" not in said
    assert "£80, by our rate of" in said
    assert "26" in said
    assert "$" not in said
    assert said.endswith("You pay in EUR.")


def save(client: Client, text: str) -> Any:
    return client.post(PROFILE, {**PROFILE_DATA, "currency_rates": text})


def test_the_owner_writes_a_line_for_each(admin_client: Client) -> None:
    assert save(admin_client, "chf 0,93\n\nGBP 0.85 2026-01-02").status_code == 302

    shop = ShopProfile.objects.get()
    assert [tuple(rate) for rate in shop.rates] == [
        ("CHF", Decimal("0.93"), localdate()),
        ("GBP", Decimal("0.85"), date(2026, 1, 2)),
    ]
    # What is shown there is what can be sent again.
    shown = admin_client.get(PROFILE).context["adminform"].form["currency_rates"].value()
    assert shown == f"CHF 0.93 {localdate()}\nGBP 0.85 2026-01-02"
    assert save(admin_client, shown).status_code == 302
    assert ShopProfile.objects.get().rates == shop.rates


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("francs 1", "“francs” is no currency"),
        ("EUR 1", "EUR is the currency of the shop."),
        ("CHF", "“” is no rate"),
        ("CHF nan", "“nan” is no rate"),
        ("CHF 0", "“0” is no rate"),
        ("CHF -1", "“-1” is no rate"),
        ("CHF 1e99", "“1e99” is no rate"),
        ("CHF 1 someday", "“someday” is no day."),
        ("CHF 1 2999-01-01", "2999-01-01 is still to come."),
        ("CHF 1 2026-01-01 noon", "a currency, its rate and a day."),
        ("CHF 1\nCHF 2", "Each currency once, please."),
        ("\n".join(["CHF 1"] * 7), "6 lines at most"),
    ],
)
def test_what_is_no_rate_is_answered(admin_client: Client, text: str, answer: str) -> None:
    page = save(admin_client, text)

    assert answer in page.text
    # What was typed is still there.
    assert page.context["adminform"].form["currency_rates"].value() == text
    assert not ShopProfile.objects.exclude(currency_rates=[]).exists()


def test_pages_show_it_beside_prices(client: Client, db: None) -> None:
    clock = make_item(price=Decimal(100), shipping=Decimal(10))
    page = clock.get_absolute_url()
    assert "You pay in EUR." not in client.get(page).text
    shop = ShopProfile.get_solo()
    shop.currency_rates = [FRANCS._replace(day=localdate()).row]
    shop.save()

    assert "About CHF93, by our rate of" in client.get(page).text
    client.post(reverse("bag:add", args=[clock.pk]), {"quantity": "1"})
    assert "About CHF102, by" in client.get("/bag/").text
    checkout = client.get("/checkout/").text
    assert "About CHF93, by" in checkout
    assert "About CHF102, by" in checkout
