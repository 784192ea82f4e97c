"""Things that go far, as people do it: to France after a typing error, to Brazil on request."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import mails_sent
from store.models import Order, Piece
from store.tests.factories import make_item
from store.tests.zones import ship_by_zones
from tests.conftest import open_page
from tests.test_journey import DESKTOP, fits
from tests.test_staff_money_journey import at_the_desk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True}


@pytest.fixture(autouse=True)
def _zones(db: None) -> None:
    ship_by_zones()


def have_it_sent(page: Page, country: str, postcode: str, city: str) -> None:
    page.get_by_label("Name").fill("Ana Guest")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Send it to me").check()
    page.get_by_label("Street").fill("Long Lane 1")
    page.get_by_label("Postcode").fill(postcode)
    page.get_by_label("Town").fill(city)
    expect(page.get_by_label("Country")).to_have_value(country)
    if country == "BR":
        page.get_by_label("State").select_option("SP")
    page.get_by_label("By bank transfer").check()
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Place the order").click()


def test_a_mistyped_camera_goes_to_france(browser: Browser, live_server: Any) -> None:
    make_item(title="Camera of brass", maker="Leitz", shipping=None, size_class="parcel")
    page = open_page(browser, str(live_server.url), **PHONE)
    page.goto("/store/")
    page.locator("#search-words").fill("camra")
    page.locator("#search-words").press("Enter")
    page.get_by_role("link", name="Camera of brass").click()
    expect(page.get_by_text("€9.00, or collect it at the shop")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="another country").click()
    page.get_by_label("Country").select_option("FR")
    page.get_by_role("button", name="Show the prices for this country").click()
    expect(page.get_by_text("€18.00, or collect it at the shop")).to_be_visible()
    page.get_by_role("button", name="Put it in the bag").click()
    expect(page.get_by_text("Shipping to France, if we send it")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="To the checkout").click()
    have_it_sent(page, "FR", "75001", "Paris")

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Order R\d{5}"))
    order = Order.objects.get()
    assert (order.country_code, order.shipping_total) == ("FR", Decimal(18))


def test_a_cupboard_goes_to_brazil_on_request(
    browser: Browser, live_server: Any, sam: User
) -> None:
    cupboard = make_item(title="Cupboard", shipping=None, size_class="freight")
    guest = open_page(browser, str(live_server.url), **DESKTOP)
    guest.goto(f"/send-to/?next={cupboard.get_absolute_url()}")
    guest.get_by_label("Country").select_option("BR")
    guest.get_by_role("button", name="Show the prices for this country").click()
    guest.get_by_role("link", name="Ask what sending it costs").click()
    guest.get_by_label("Town").fill("Santos")
    guest.get_by_label("E-mail address").fill("ana@example.com")
    guest.get_by_role("button", name="Send the question").click()
    expect(guest.get_by_text("We answer")).to_be_visible()

    staff = open_page(browser, str(live_server.url), **DESKTOP)
    at_the_desk(staff, sam, "/admin/bag/shippingrequest/?answered=no")
    staff.get_by_role("link", name="Cupboard").click()
    staff.get_by_label("Price of shipping").fill("800")
    until = timezone.localtime() + timedelta(days=2)
    staff.get_by_label("Reserved until").fill(until.strftime("%Y-%m-%dT%H:%M"))
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_text("The answer is on its way to ana@example.com.")).to_be_visible()
    assert Piece.objects.get().is_reserved

    [link] = re.findall(r"\S+/bag/shipping/\w\S*/", str(mails_sent()[-1].body))
    guest.goto(link)
    guest.get_by_role("button", name="Put it in your bag").click()
    expect(guest.get_by_text("Shipping to Brazil, if we send it")).to_be_visible()
    guest.get_by_role("link", name="To the checkout").click()
    have_it_sent(guest, "BR", "11010-000", "Santos")
    expect(guest.get_by_role("heading", level=1)).to_have_text(re.compile(r"Order R\d{5}"))
    assert Order.objects.get().total == Decimal(920)

    staff.goto("/admin/store/order/")
    staff.get_by_role("link", name=Order.objects.get().reference).click()
    staff.get_by_role("link", name="Mark paid…").click()
    staff.get_by_role("button", name="Record the payment").click()
    expect(staff.get_by_text("It is paid.")).to_be_visible()
    assert Piece.objects.get().sold_at
