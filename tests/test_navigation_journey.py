"""The menu of a shop with few and with many categories, on a phone and on a wide screen."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from store.models import Category
from store.tests.factories import make_category
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def fill(count: int) -> None:
    for number in range(count):
        parent = make_category(f"Department of instruments {number}")
        make_category(f"Wind and brass {number}", parent=parent)


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (390, True), (1280, True)])
def test_every_category_of_fifty_is_two_presses_away(
    browser: Browser, live_server: Any, width: int, scripts: bool
) -> None:
    fill(25)
    options = {"viewport": {"width": width, "height": 700}, "java_script_enabled": scripts}
    page = open_page(browser, str(live_server.url), **options)
    page.goto("/store/")
    assert fits(page)

    page.get_by_text("All categories").press("Enter")
    last = page.get_by_role("link", name="Wind and brass 9", exact=True)
    last.click()

    expect(page).to_have_url(Category.objects.get(name="Wind and brass 9").get_absolute_url())
    assert fits(page)


def test_escape_or_a_click_beside_it_closes_the_menu(browser: Browser, live_server: Any) -> None:
    fill(7)
    page = open_page(browser, str(live_server.url))
    page.goto("/store/")
    opener = page.get_by_text("All categories")
    last = page.get_by_role("link", name="Wind and brass 6", exact=True)

    opener.press("Enter")
    last.focus()
    last.press("Escape")
    expect(last).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(last).to_be_visible()
    page.mouse.click(2, 2)
    expect(last).to_be_hidden()


def test_a_phone_shows_that_the_bar_goes_on(browser: Browser, live_server: Any) -> None:
    fill(5)
    viewport = {"width": 390, "height": 700}
    page = open_page(browser, str(live_server.url), viewport=viewport)
    page.goto("/store/")

    bar = page.locator(".site-nav__list")
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
    assert "gradient" in bar.evaluate("bar => getComputedStyle(bar).maskImage")
