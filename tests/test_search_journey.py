"""Searching in a browser: suggestions by keyboard and by touch, a mistyped word, and no scripts."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from store.models import Item
from store.tests.factories import make_item
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True}


@pytest.fixture(autouse=True)
def _cameras(db: None) -> None:
    for title in ("Camera of brass", "Camera with a long leather strap and many lenses", "Lamp"):
        make_item(title=title, maker="Leitz")


def test_a_suggestion_is_chosen_by_the_keyboard(browser: Browser, live_server: Any) -> None:
    page = open_page(browser, str(live_server.url), **PHONE)
    page.goto("/store/")
    field = page.get_by_role("combobox", name="Search the shop")

    field.press_sequentially("camer")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    assert fits(page)
    field.press("Escape")
    expect(options.first).to_be_hidden()
    field.press_sequentially("a")
    expect(options).to_have_count(2)
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text(
        "Camera of brass"
    )
    field.press("Enter")

    expect(page).to_have_url(Item.objects.get(title="Camera of brass").get_absolute_url())


def test_a_suggestion_is_chosen_by_touch(browser: Browser, live_server: Any) -> None:
    page = open_page(browser, str(live_server.url), **PHONE)
    page.goto("/store/")
    page.get_by_role("combobox", name="Search the shop").press_sequentially("lam")

    option = page.get_by_role("listbox").get_by_role("option", name="Lamp")
    expect(option).to_be_visible()
    box = option.bounding_box()
    assert box
    assert box["height"] >= 44
    option.tap()

    expect(page).to_have_url(Item.objects.get(title="Lamp").get_absolute_url())


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_mistyped_word_leads_to_what_was_meant(
    browser: Browser, live_server: Any, scripts: bool
) -> None:
    page = open_page(browser, str(live_server.url), java_script_enabled=scripts, **PHONE)
    page.goto("/store/")
    page.locator("#search-words").fill("camra brass")
    page.locator("#search-words").press("Enter")

    expect(page.get_by_text("Showing “camera brass” instead.")).to_be_visible()
    expect(page.get_by_role("link", name="Camera of brass")).to_be_visible()
    assert fits(page)
