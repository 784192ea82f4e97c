"""The country of the checkout decides what sending costs; what was agreed is what is ordered."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from bag.asked.models import ShippingRequest
from bag.asked.services import offer_shipping
from invoices.exceptions import SummaryChanged
from invoices.models import Invoice
from invoices.orders.placing import Agreed, place_order
from invoices.orders.transitions import cancel_order
from invoices.tests.test_checkout import ADDRESS, form_of, put_in_bag, send
from store.models import Item, Order, OrderLine, ShippingRate
from store.shipping.zones import send as prices_of_sending
from store.shipping.zones import zones_now
from store.tests.factories import make_item, new_order
from store.tests.time import let_pass
from store.tests.zones import ship_by_zones

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]
PARIS = {**ADDRESS, "postcode": "75001", "city": "Paris", "country_code": "FR"}


@pytest.fixture
def things() -> list[Item]:
    ship_by_zones()
    return [make_item(shipping=None, size_class=size) for size in ("small", "small", "bulky")]


@pytest.fixture
def shopper(client: Client, things: list[Item]) -> Client:
    for item in things:
        put_in_bag(client, item)
    return client


def lines() -> list[Decimal]:
    return [*OrderLine.objects.order_by("pk").values_list("shipping", flat=True)]


def test_within_the_country_it_is_ordered_at_once(shopper: Client) -> None:
    send(shopper, form_of(shopper), delivery="ship", **ADDRESS)

    assert lines() == [Decimal("2.50"), Decimal("2.50"), 40]
    assert Invoice.objects.get().total == Order.objects.get().total == Decimal(405)


def test_another_country_shows_its_price_before_anything_is_ordered(shopper: Client) -> None:
    page = send(shopper, form_of(shopper), delivery="ship", **PARIS)

    assert "Shipping to this country costs €90.00: please check what you order now." in page
    assert "Shipping to France" in page
    assert not Order.objects.exists()
    again = {**form_of(shopper), "summary": page.split('name="summary" value="')[1].split('"')[0]}
    send(shopper, again, delivery="ship", **PARIS)
    assert lines() == [5, 5, 80]


def test_what_is_sent_on_request_is_not_said_to_be_free(shopper: Client) -> None:
    free = "Send it to me · no charge"
    ShippingRate.objects.update(price=0)
    assert free in shopper.get("/checkout/").text
    shopper.post("/send-to/", {"country": "BR"})

    page = shopper.get("/checkout/").text

    assert "Send it to me" in page
    assert free not in page


def test_the_chosen_country_is_shown_at_once(shopper: Client) -> None:
    shopper.post("/send-to/", {"country": "FR"})

    send(shopper, form_of(shopper), delivery="ship", **PARIS)

    assert sum(lines()) == 90


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("JP", "We do not send “"),
        ("BR", "we say on request"),
        ("AQ", "We do not send"),
    ],
)
def test_where_it_is_not_sent_it_can_be_collected(shopper: Client, country: str, text: str) -> None:
    where = {**ADDRESS, "country_code": country, "postcode": "01310-100" if country == "BR" else ""}

    page = send(shopper, form_of(shopper), delivery="ship", **where)

    assert text in page
    assert not Order.objects.exists()
    send(shopper, form_of(shopper))
    assert lines() == [0, 0, 0]


def test_nothing_is_sent_in_a_mix_with_what_is_only_collected(shopper: Client) -> None:
    put_in_bag(shopper, make_item(title="Wardrobe", shipping=None))

    page = send(shopper, form_of(shopper), delivery="ship", **ADDRESS)

    assert "We do not send “Wardrobe”: collect it" in page


@pytest.mark.parametrize(
    ("country", "text"),
    [("FR", "€90.00"), ("JP", "We do not send “"), ("BR", "Ask what sending it costs")],
)
def test_looking_at_another_country_shows_its_price_and_orders_nothing(
    shopper: Client, country: str, text: str
) -> None:
    page = send(shopper, form_of(shopper), **{**ADDRESS, "country_code": country}, reshape="1")

    assert text in page
    assert not Order.objects.exists()


def dearer() -> None:
    ShippingRate.objects.filter(size="bulky").update(price=41)


def gone() -> None:
    ShippingRate.objects.filter(size="bulky").delete()


@pytest.mark.parametrize(("change", "country"), [(dearer, "DE"), (gone, "DE"), (dict, "FR")])
def test_placing_refuses_another_price_than_the_agreed_one(
    things: list[Item], change: Callable[[], Any], country: str
) -> None:
    agreed = {
        item.pk: Agreed(1, item.price, price)
        for item, price in zip(things, [Decimal("2.50"), Decimal("2.50"), Decimal(40)], strict=True)
    }
    order = new_order("ann")
    order.delivery, order.country_code = Order.Delivery.SHIP, country
    change()

    with pytest.raises(SummaryChanged):
        place_order(order=order, agreed=agreed, site="https://shop.example.com")

    assert not Order.objects.exists()


def test_several_of_one_thing_keep_their_parts(client: Client) -> None:
    ship_by_zones()
    ShippingRate.objects.filter(size="small").update(price=10)
    put_in_bag(client, make_item(pieces=3, shipping=None, size_class="small"), quantity=3)

    send(client, form_of(client), delivery="ship", **ADDRESS)

    assert lines() == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_yen_are_shared_without_decimals(settings: Any) -> None:
    settings.CURRENCY = "JPY"
    ship_by_zones()
    ShippingRate.objects.filter(size="small").update(price=1000)
    things = [
        make_item(price=Decimal(price), size_class="small", shipping=None) for price in (1, 2, 3)
    ]
    sent = prices_of_sending([(item, 1) for item in things], "DE", zones_now()).prices
    order = new_order("ann")
    order.delivery, order.country_code = Order.Delivery.SHIP, "DE"
    agreed = {item.pk: Agreed(1, item.price, sent[item.pk]) for item in things}

    place_order(order=order, agreed=agreed, site="https://shop.example.com")

    assert lines() == [333, 334, 333]


BRAZIL = {"country_code": "BR", "region": "SP"}
SANTOS = {**ADDRESS, "postcode": "11010-000", "city": "Santos", **BRAZIL}


@pytest.fixture
def offered(client: Client, sam: User) -> ShippingRequest:
    """A cupboard that is reserved, and in the bag, to be sent to Brazil for 800."""
    ship_by_zones()
    cupboard = make_item(title="Cupboard", shipping=None, size_class="freight")
    where = {"country_code": "BR", "city": "Santos", "postcode": "11010-000"}
    asked = ShippingRequest.objects.create(item=cupboard, email="ana@example.com", **where)
    until = timezone.now() + timedelta(days=3)
    asked = offer_shipping(
        request_id=asked.pk, price=Decimal(800), until=until, text="By ship.", actor=sam
    )
    client.post(f"{asked.get_absolute_url()}take/")
    return asked


def test_what_was_asked_for_is_ordered_for_its_price(
    client: Client, offered: ShippingRequest
) -> None:
    send(client, form_of(client), delivery="ship", **SANTOS)

    assert lines() == [800]
    offered.refresh_from_db()
    assert offered.order == Order.objects.get()
    assert "You have ordered it." in client.get(offered.get_absolute_url()).content.decode()


def test_it_goes_to_no_other_country_for_that(client: Client, offered: ShippingRequest) -> None:
    page = send(client, form_of(client), delivery="ship", **PARIS)

    assert "We do not send “Cupboard” to France" in page
    assert not Order.objects.exists()


def test_when_its_time_is_over_its_price_is_too(client: Client, offered: ShippingRequest) -> None:
    data = form_of(client)
    let_pass(timedelta(days=4))
    ShippingRequest.objects.update(held_since=F("held_since") - timedelta(days=4))

    page = send(client, data, delivery="ship", **SANTOS)

    assert "we say on request: please ask us first" in page
    assert not Order.objects.exists()


@pytest.mark.parametrize(("is_back", "state"), [(True, "offered"), (False, "over")])
def test_what_comes_back_into_the_bag_has_its_price_still(
    client: Client, offered: ShippingRequest, is_back: bool, state: str
) -> None:
    send(client, form_of(client), delivery="ship", **SANTOS)
    why = Order.Ending.CUSTOMER
    cancel_order(order_id=Order.objects.get().pk, actor=None, because=why, restore_bag=is_back)

    assert ShippingRequest.objects.with_state().get().state == state
