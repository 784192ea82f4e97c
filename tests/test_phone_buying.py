"""On a phone, what one buys and what it costs stand where the thumb is."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from store.models import Item
from store.tests.factories import make_item
from tests.conftest import open_page
from tests.test_journey import PHONE, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def top(thing: Locator) -> float:
    box = thing.bounding_box()
    assert box
    return box["y"]


@pytest.fixture
def straps(shop: str) -> Item:
    return make_item(
        title="Guitar strap", slug="guitar-strap", pieces=3, description="Long. " * 900
    )


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(browser: Browser, shop: str, request: pytest.FixtureRequest) -> Page:
    return open_page(browser, shop, java_script_enabled=request.param, **PHONE)


def test_the_button_of_a_thing_is_always_in_reach(phone: Page, straps: Item) -> None:
    phone.goto(straps.get_absolute_url())
    button = phone.get_by_role("button", name="Put it in the bag")

    expect(button).to_be_in_viewport(ratio=1)
    phone.mouse.wheel(0, 6000)
    expect(button).to_be_in_viewport(ratio=1)
    phone.mouse.wheel(0, 90_000)
    expect(phone.get_by_role("link", name="New arrivals as a feed")).to_be_in_viewport(ratio=1)
    assert fits(phone)


def test_things_time_and_total_stand_before_the_order_button(phone: Page, straps: Item) -> None:
    phone.goto(straps.get_absolute_url())
    phone.get_by_role("button", name="Put it in the bag").click()
    phone.goto("/checkout/")

    place = phone.get_by_role("button", name="Place the order with obligation to pay")
    told = [
        phone.locator(".summary-lines li"),
        phone.get_by_text("Held for you until"),
        phone.get_by_text("Total, sent to you"),
    ]
    note = top(phone.get_by_label("Message to the shop"))
    assert [note < top(line) < top(place) for line in told] == [True] * 3
    assert fits(phone)


def test_the_total_follows_the_way_of_delivery(phone: Page, straps: Item) -> None:
    phone.goto(straps.get_absolute_url())
    phone.get_by_role("button", name="Put it in the bag").click()
    phone.goto("/checkout/")
    sent, collected = phone.get_by_text("€129.90"), phone.get_by_text("Total, collected")

    phone.get_by_label("Send it to me · €9.90").check()
    expect(sent).to_be_visible()
    expect(collected).to_be_hidden()
    phone.get_by_label("I collect it at the shop · no charge").check()
    expect(sent).to_be_hidden()
    expect(collected).to_be_visible()


def test_an_order_is_placed_by_a_button_outside_of_the_form(phone: Page, straps: Item) -> None:
    phone.goto(straps.get_absolute_url())
    phone.get_by_role("button", name="Put it in the bag").click()
    phone.goto("/checkout/")
    phone.get_by_label("Name").fill("Ann")
    phone.get_by_label("E-mail address").fill("ann@example.com")
    phone.get_by_label("I collect it").check()
    phone.get_by_role("button", name="Place the order").click()
    expect(phone.get_by_text("Please agree to the terms").first).to_be_visible()
    expect(phone.get_by_label("Name")).to_have_value("Ann")

    phone.get_by_label("I agree to the terms").check()
    phone.get_by_role("button", name="Place the order").click()

    expect(phone.get_by_text("Your order has been placed")).to_be_visible()
