"""A browser is offered its own language, and what was chosen before; nobody is led there."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from store.models import Item
from store.tests.factories import offer_languages
from tests.conftest import open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
OFFER = "Diese Seite gibt es auch in Ihrer Sprache."


@pytest.fixture
def site(live_server: Any, clock: Item) -> str:
    offer_languages("de", "fr")
    return str(live_server.url)


def reading(browser: Browser, site: str, language: str) -> Page:
    return open_page(browser, site, locale=language, viewport={"width": 360, "height": 700})


def test_a_german_browser_is_offered_german_until_it_says_no(browser: Browser, site: str) -> None:
    page = reading(browser, site, "de-AT")
    page.goto(f"{site}/store/item/mantel-clock/")

    offer = page.locator(".language-offer")
    expect(offer).to_contain_text(OFFER)
    expect(offer.locator("[lang=de] a")).to_have_attribute("href", "/de/store/item/mantel-clock/")
    assert page.url == f"{site}/store/item/mantel-clock/"
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    offer.get_by_role("button").click()
    expect(offer).to_have_count(0)
    page.goto(f"{site}/store/")
    expect(offer).to_have_count(0)


def test_what_was_chosen_is_offered_again(browser: Browser, site: str) -> None:
    page = reading(browser, site, "en-GB")
    page.goto(f"{site}/store/?q=clock")
    expect(page.locator(".language-offer")).to_have_count(0)

    page.get_by_role("link", name="Deutsch").click()
    page.wait_for_url(f"{site}/de/store/?q=clock")
    expect(page.locator(".language-offer")).to_have_count(0)

    page.goto(f"{site}/store/")
    expect(page.locator(".language-offer")).to_contain_text(OFFER)


def test_a_language_that_the_shop_has_not_is_not_spoken_of(browser: Browser, site: str) -> None:
    page = reading(browser, site, "ja-JP")
    page.goto(f"{site}/de/")

    expect(page.locator("[data-languages] a")).to_have_count(3)
    expect(page.locator(".language-offer")).to_have_count(0)
