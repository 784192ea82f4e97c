"""Pages that a browser has made ready, or comes back to: what they say is asked for again."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from bag.services import hold_pieces
from store.models import Item
from tests.conftest import open_page
from tests.processes import wait_until

SHEPHERD = "creche-figure-shepherd"
PATH = f"/store/item/{SHEPHERD}/"
BACK = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
ACTIVATED = "document.dispatchEvent(new Event('prerenderingchange'))"


def hold_the_shepherd() -> None:
    hold_pieces(item_id=Item.objects.get(slug=SHEPHERD).pk, quantity=1, bag_key="b" * 64)


def mark(page: Page) -> None:
    page.evaluate("document.body.dataset.mark = 'as it was'")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("comes", [BACK, ACTIVATED], ids=["back", "activated"])
def test_a_page_that_comes_says_what_is_true_now(browser: Browser, shop: str, comes: str) -> None:
    page = open_page(browser, shop)
    page.goto(PATH)
    mark(page)
    with page.expect_response("**" + PATH):
        page.evaluate(comes)
    expect(page.locator("main")).not_to_have_js_property("inert", True)
    expect(page.locator("body")).to_have_attribute("data-mark", "as it was")

    hold_the_shepherd()
    page.evaluate(BACK)

    expect(page.locator(".item__buy .state")).to_have_text(re.compile("In somebody’s bag"))
    expect(page.locator("[data-mark]")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_button_works_before_the_answer_and_all_without_one(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop)
    page.goto(PATH)
    asked: list[Route] = []
    page.route("**" + PATH, lambda route: asked.append(route))  # It never answers.
    page.evaluate(BACK)
    expect(page.locator("main")).to_have_js_property("inert", True)

    expect(page.locator("main")).to_have_js_property("inert", False, timeout=10_000)
    assert len(asked) == 1
    asked[0].abort()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_browser_would_make_ready_what_the_rules_name(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop)
    found: set[str] = set()
    tools = page.context.new_cdp_session(page)
    tools.on("Preload.preloadingAttemptSourcesUpdated", lambda said: found.update(links(said)))
    tools.send("Preload.enable")
    page.goto("/store/")
    thing = page.locator(".tile__title a").first

    # Asking for the title, it hears what the browser has to say.
    wait_until(lambda: page.title() and thing.get_attribute("href") in found)
    assert not [path for path in found if "?" in path or path.startswith(("/bag", "/accounts"))]


def links(said: dict[str, Any]) -> set[str]:
    return {urlsplit(each["key"]["url"]).path for each in said["preloadingAttemptSources"]}


@pytest.mark.django_db
def test_browsers_learn_which_pages_to_make_ready(client: Client) -> None:
    page = client.get("/store/")
    path = json.loads(page.headers["Speculation-Rules"])
    answer = client.get(path)
    (rule,) = answer.json()["prerender"]
    addresses, *but = rule["where"]["and"]

    assert answer.headers["Content-Type"] == "application/speculationrules+json"
    assert "public" in answer.headers["Cache-Control"]
    assert {"/store/item/:slug/", "/de/store/"} < {*addresses["href_matches"]}
    assert not any("bag" in each or "accounts" in each for each in addresses["href_matches"])
    assert {"not": {"href_matches": r"/*\?*=*"}} in but
    assert "Speculation-Rules" not in client.get("/store/no-such-room/").headers
    assert "Speculation-Rules" not in client.get("/admin/login/").headers


@pytest.mark.django_db
def test_going_back_shows_the_bag_until_somebody_has_logged_out(client: Client) -> None:
    """A page that may not be stored is none to go back to at once."""
    assert "no-store" not in client.get("/bag/").headers["Cache-Control"]

    answer = client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
