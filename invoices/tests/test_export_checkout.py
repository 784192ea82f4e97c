"""What staff have offered as an export is ordered at the total that the checkout has shown."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from bag.asked.models import ShippingRequest
from bag.asked.services import accept_offer, offer_shipping
from invoices.exceptions import SummaryChanged
from invoices.orders.placing import Agreed, place_order
from invoices.tests.test_checkout import ADDRESS, form_of
from invoices.tests.test_checkout import send as check_out
from invoices.tests.test_destination_taxes import CANARIES, flat
from invoices.tests.test_exports import BRAZIL, PHRASE, agree
from store.models import Item, Order, ShopProfile
from store.tests.factories import make_item, new_order
from store.tests.taxes import shop_in
from store.tests.zones import make_zone, ship_by_zones

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> ShopProfile:
    return shop_in("DE")


@pytest.fixture
def asked(sam: User) -> ShippingRequest:
    """A cupboard of 1,190.00, asked for from Brazil; staff say 238.00, and that it is an export."""
    ship_by_zones()
    cupboard = make_item(price=Decimal(1190), shipping=None, size_class="freight")
    asked = ShippingRequest.objects.create(
        item=cupboard,
        country_code="BR",
        city="São Paulo",
        email="ana@example.com",
        site="https://x",
    )
    return offer_shipping(
        request_id=asked.pk,
        price=Decimal(238),
        until=timezone.now() + timedelta(days=3),
        text="By sea.",
        actor=sam,
        is_export=True,
    )


@pytest.mark.on_both
def test_what_was_offered_as_an_export_is_ordered_as_one(
    client: Client, asked: ShippingRequest
) -> None:
    offer = mails_sent()[-1].body
    words = "VAT is taken off the thing and off the shipping. You pay €1,200.00 in all."
    assert words in offer
    assert words in client.get(asked.get_absolute_url()).text
    bag = flat(client.post(f"/bag/shipping/{asked.secret}/take/", follow=True).text)
    assert "VAT taken off (export) −€228.00 Total €1,200.00" in bag

    form = form_of(client)
    page = flat(client.get("/checkout/").text)
    assert f"VAT taken off (export) −€228.00 Total, sent to you €1,200.00 {PHRASE}" in page
    check_out(client, form, delivery="ship", **BRAZIL)

    order = Order.objects.get()
    assert (order.total, order.tax_off) == (Decimal(1200), Decimal(228))
    assert PHRASE in "".join(str(mail.body) for mail in mails_sent())
    agree(order)


CHANGES = pytest.mark.parametrize(
    ("change", "total"),
    [
        (lambda: ShopProfile.objects.update(tax_rate=7), Decimal("1334.58")),
        (lambda: Item.objects.update(tax_scheme=Item.TaxScheme.MARGIN), Decimal(1428)),
    ],
    ids=["another rate", "another scheme"],
)


@CHANGES
def test_what_an_export_takes_off_is_part_of_what_was_agreed(
    client: Client, asked: ShippingRequest, change: Callable[[], object], total: Decimal
) -> None:
    client.post(f"/bag/shipping/{asked.secret}/take/")
    form = form_of(client)
    change()

    page = check_out(client, form, delivery="ship", **BRAZIL)

    assert not Order.objects.exists()
    assert "A price has changed: please check the new total." in page
    assert f"Total, sent to you €{total:,.2f}" in flat(page)
    check_out(client, {**form, "summary": summary_in(page)}, delivery="ship", **BRAZIL)
    assert Order.objects.get().total == total


@CHANGES
def test_nor_is_it_ordered_for_another_sum_past_the_page(
    asked: ShippingRequest, change: Callable[[], object], total: Decimal
) -> None:
    change()

    with pytest.raises(SummaryChanged):
        ordered(asked, BRAZIL)
    assert ordered(asked, BRAZIL, off=1428 - total).total == total


def test_a_page_of_the_version_before_says_no_sum_and_is_shown_again(
    client: Client, asked: ShippingRequest
) -> None:
    client.post(f"/bag/shipping/{asked.secret}/take/")
    form, session = form_of(client), client.session
    salt = f"checkout {session['bag']['key']}"
    number, [row] = signing.loads(form["summary"], salt=salt)
    assert row == [asked.item_id, 1, "1190.00", "238.00", "228.00"]
    before = signing.dumps([number, [[*row[:4], True]]], salt=salt)

    page = check_out(client, {**form, "summary": before}, delivery="ship", **BRAZIL)

    assert not Order.objects.exists()
    check_out(client, {**form, "summary": summary_in(page)}, delivery="ship", **BRAZIL)
    assert Order.objects.get().total == 1200


MADRID = {**CANARIES, "postcode": "28013", "city": "Madrid", "region": "Madrid"}


@pytest.mark.parametrize("postcode", ["28013", "28 013", "E-28013"])
def test_what_was_said_of_an_island_is_no_export_to_the_mainland(
    client: Client, asked: ShippingRequest, postcode: str
) -> None:
    make_zone("ES", rates={}, on_request=True)
    ShippingRequest.objects.update(country_code="ES", postcode="35001", city="Las Palmas")
    client.post(f"/bag/shipping/{asked.secret}/take/")
    where = {**MADRID, "postcode": postcode}

    page = check_out(client, form := form_of(client), delivery="ship", **where)

    assert not Order.objects.exists()
    assert "Where it goes decides about VAT" in page
    assert "Total, sent to you €1,428.00" in flat(page)
    form["summary"] = summary_in(page)
    check_out(client, form, delivery="ship", **where)
    order = Order.objects.get()
    assert (order.total, order.tax_off) == (Decimal(1428), Decimal(0))
    agree(order)


def test_nor_does_it_go_there_past_the_page(asked: ShippingRequest) -> None:
    make_zone("ES", rates={}, on_request=True)
    ShippingRequest.objects.update(country_code="ES", postcode="35001")

    with pytest.raises(SummaryChanged):
        ordered(asked, MADRID)

    assert ordered(asked, {**CANARIES, "postcode": "E-35001"}).tax_off == 228


def test_of_great_britain_none_is_an_export_to_northern_ireland(asked: ShippingRequest) -> None:
    london = {**ADDRESS, "postcode": "SW1A 1AA", "city": "London", "country_code": "GB"}
    make_zone("GB", rates={}, on_request=True)
    ShippingRequest.objects.update(country_code="GB", postcode="SW1A 1AA")

    with pytest.raises(SummaryChanged):
        ordered(asked, {**london, "postcode": "BT1 1AA", "city": "Belfast"})

    assert ordered(asked, {**london, "postcode": "EC1A 1BB"}).tax_off == 228


def test_collected_it_costs_its_price(client: Client, asked: ShippingRequest) -> None:
    client.post(f"/bag/shipping/{asked.secret}/take/")

    check_out(client, form_of(client))

    assert Order.objects.get().total == 1190


def test_nobody_says_by_themselves_that_it_is_an_export(asked: ShippingRequest) -> None:
    ShippingRequest.objects.update(is_export=False)

    with pytest.raises(SummaryChanged):
        ordered(asked, BRAZIL)


def summary_in(page: str) -> str:
    return str(re.findall(r'name="summary" value="([^"]+)"', page)[0])


def ordered(asked: ShippingRequest, where: dict[str, str], off: Decimal = Decimal(228)) -> Order:
    """As an export, whatever a page would have shown."""
    accept_offer(asked=asked, bag_key="bag", customer=None)
    order = new_order("bag")
    order.delivery = Order.Delivery.SHIP
    for name, value in where.items():
        setattr(order, name, value)
    agreed = {asked.item_id: Agreed(1, Decimal(1190), Decimal(238), tax_off=off)}
    return place_order(order=order, agreed=agreed, site="https://x")
