"""The form of an address follows its country while somebody fills it in."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from accounts.models import Customer, User
from accounts.tests.factories import PASSWORD
from store.tests.factories import make_item
from store.tests.zones import ship_by_zones
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.mark.parametrize(("width", "scripts"), [(360, True), (1280, False)])
def test_somebody_moves_to_california(
    browser: Browser, live_server: Any, alice: User, width: int, scripts: bool
) -> None:
    options = {"viewport": {"width": width, "height": 700}, "java_script_enabled": scripts}
    page = open_page(browser, str(live_server.url), **options)
    page.goto("/accounts/login/?next=/accounts/profile/")
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Street and number").fill("Broadway 1")

    page.get_by_label("Country").select_option(label="United States")
    button = page.get_by_role("button", name="Show the fields of this country")
    if scripts:
        expect(button).to_be_hidden()
        # What is typed while the page asks, and after.
        page.get_by_label("Name").fill("Alice A.")
    else:
        button.click()
    page.get_by_label(re.compile(r"^State \(")).select_option(label="California")
    page.get_by_label("ZIP code").fill("94607")
    page.get_by_label("City").or_(page.get_by_label("Town")).fill("Oakland")
    assert fits(page)
    page.get_by_label("ZIP code").press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Customer.objects.get(user=alice).address_lines == [
        *("Broadway 1", "Oakland, CA 94607", "United States")
    ]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_sending_costs_follows_the_country(
    browser: Browser, live_server: Any, scripts: bool
) -> None:
    ship_by_zones()
    clock = make_item(shipping=None, size_class="small")
    page = open_page(browser, str(live_server.url), java_script_enabled=scripts)
    page.goto(clock.get_absolute_url())
    page.get_by_role("button", name="Put it in the bag").click()
    page.goto("/checkout/")
    page.get_by_label("Send it to me").check()
    expect(page.get_by_text("Total, sent to you")).to_be_visible()
    page.get_by_label("Street and number").fill("Rue 1")

    page.get_by_label("Country").select_option(label="France")
    if not scripts:
        page.get_by_role("button", name="Show the fields of this country").click()

    expect(page.locator(".totals")).to_contain_text("Shipping to France")
    expect(page.locator(".totals")).to_contain_text("10.00")
    expect(page.get_by_label("Send it to me")).to_be_checked()
    expect(page.get_by_label("Street and number")).to_have_value("Rue 1")
