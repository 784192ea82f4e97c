"""Addresses of each country, in the checkout and where staff correct them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.contact_fields import RESHAPE
from accounts.models import User
from invoices.tests.admin_steps import make_invoice
from invoices.tests.test_checkout import CHECKOUT, form_of, put_in_bag, send
from store.models import Item, Order
from store.tests.factories import make_item

SENT = {"delivery": "ship", "street": "Broadway 1", "city": "Oakland"}
USA = {**SENT, "country_code": "US", "postcode": "94607", "region": "CA"}


@pytest.fixture
def shopper(client: Client, clock: Item) -> Client:
    put_in_bag(client, clock)
    return client


def place(shopper: Client, **typed: str) -> Order | None:
    send(shopper, form_of(shopper), **typed)
    return Order.objects.first()


def test_an_order_has_the_state_that_its_country_needs(shopper: Client) -> None:
    assert place(shopper, **{**USA, "region": ""}) is None
    assert place(shopper, **{**USA, "region": "Bavaria"}) is None

    order = place(shopper, **USA)

    assert order
    assert order.address_lines == ["Broadway 1", "Oakland, CA 94607", "United States"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"country_code": "BR", "postcode": "1", "region": "SP"}, "one looks like 40301-110."),
        ({"country_code": "US", "postcode": ""}, "We need this to send it to you."),
        ({"country_code": "US", "region": "Bavaria"}, "Please choose one of these."),
        ({"country_code": ""}, "We need this to send it to you."),
    ],
)
def test_what_does_not_fit_the_country_is_answered_beside_it(
    shopper: Client, typed: dict[str, str], answer: str
) -> None:
    assert answer in send(shopper, form_of(shopper), **{**USA, **typed})
    assert not Order.objects.exists()


def test_what_a_country_does_not_have_is_not_kept(shopper: Client) -> None:
    order = place(shopper, **{**USA, "country_code": "DE"})

    assert order
    assert (order.region, order.postcode) == ("", "94607")


def test_an_address_that_was_never_sent_to_is_asked_nothing(shopper: Client) -> None:
    order = place(shopper, **{**USA, "delivery": "collect", "postcode": "1", "region": "Bavaria"})

    assert order
    assert order.address_lines == []


def test_a_button_shows_the_fields_of_a_country_and_loses_nothing(shopper: Client) -> None:
    typed = {**form_of(shopper), **SENT, "name": "Ann", "note": "By noon", "postcode": "123"}

    page = shopper.post(CHECKOUT, {**typed, "country_code": "US", RESHAPE: "1"})

    form = page.context["form"]
    assert not form.errors
    assert [form[name].value() for name in ("street", "city", "postcode", "note", "name")] == [
        *("Broadway 1", "Oakland", "123", "By noon", "Ann")
    ]
    assert [form[name].label for name in ("region", "postcode")] == ["State", "ZIP code"]
    assert '<option value="CA">California</option>' in page.text
    assert not Order.objects.exists()


def test_without_postcodes_none_is_shown_but_it_comes_back(shopper: Client) -> None:
    typed = {**form_of(shopper), **SENT, "postcode": "12345", RESHAPE: "1"}

    page = shopper.post(CHECKOUT, {**typed, "country_code": "HK"})
    assert page.context["form"]["postcode"].is_hidden
    assert page.context["form"]["postcode"].value() == "12345"

    page = shopper.post(CHECKOUT, {**typed, "country_code": "DE"})
    assert not page.context["form"]["postcode"].is_hidden
    assert page.context["form"]["region"].is_hidden


def test_fields_stand_in_the_order_of_the_country(shopper: Client) -> None:
    page = shopper.post(CHECKOUT, {**form_of(shopper), **USA, RESHAPE: "1"})

    shown = [field.name for field, _needed in page.context["form"].address_fields]
    assert shown == [
        *("country_code", "street", "address_extra", "city", "region", "postcode"),
    ]


def test_a_profile_shows_them_too(client: Client, alice: User) -> None:
    client.force_login(alice)
    data = {"name": "Al", "street": "Broadway 1", "country_code": "US"}

    page = client.post(reverse("accounts:profile"), {**data, RESHAPE: "1"})

    assert page.context["form"]["region"].label == "State"
    assert page.context["form"]["street"].value() == "Broadway 1"
    assert User.objects.get(pk=alice.pk).name != "Al"


def test_staff_see_them_where_they_correct_an_order(client: Client, sam: User) -> None:
    order = make_invoice(make_item(), delivery="ship", street="Lane 1", country_code="DE").order
    assert order
    client.force_login(sam)
    page = reverse("admin:store_order_correct", args=[order.pk])
    seen = client.get(page).context["form"]["version"].value()

    answer = client.post(page, {"country_code": "US", "version": "old", RESHAPE: "1"})
    assert answer.context["form"]["region"].label == "State"
    # Whoever looks at fields has not looked at what changed meanwhile.
    assert answer.context["form"]["version"].value() == "old"
    assert seen != "old"

    client.post(page, {**USA, "name": "Ann", "email": "ann@example.com", "version": seen})
    order.refresh_from_db()
    assert order.address_lines[1] == "Oakland, CA 94607"
    assert "country: Germany → United States" in order.events.get().detail
