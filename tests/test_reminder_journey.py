"""Both sides of the wait, in pages that stay open: who holds a thing, and who would like it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from bag.services import hold_pieces, release_lapsed_holds
from store.models import Item, Piece
from store.stock import LONGEST_HOLD
from store.tests.factories import make_item, make_order
from store.tests.time import let_holds_lapse, let_pass
from tests.conftest import open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

TITLE = "Crèche figure, shepherd"
SHEPHERD = "/store/item/creche-figure-shepherd/"
RENEW = "Keep everything 15 more minutes"


def take_the_shepherd(browser: Browser, shop: str) -> Page:
    """A visitor who has just put it into the bag, and whose clock tests can turn."""
    page = open_page(browser, shop, viewport={"width": 1280, "height": 800})
    page.clock.install()
    page.goto(SHEPHERD)
    page.get_by_role("button", name="Put it in the bag").click()
    page.wait_for_url("**/bag/")
    return page


def watch_the_shepherd(browser: Browser, shop: str) -> Page:
    """A visitor who sees that it is in somebody else's bag."""
    page = open_page(browser, shop)
    page.clock.install()
    page.goto(SHEPHERD)
    expect(
        page.get_by_text(
            re.compile(r"In somebody’s bag until .* \(until .* at the latest if it is renewed\)")
        )
    ).to_be_visible()
    return page


def go_by(minutes: float, page: Page) -> None:
    """Let time go by for the database and then in this page and all tabs beside it."""
    let_pass(timedelta(minutes=minutes))
    page.clock.fast_forward(round(minutes * 60_000))


def dialog_of(page: Page, name: str = "Do you need more time?") -> Locator:
    return page.get_by_role("dialog", name=name)


def minutes_left() -> float:
    until = Piece.objects.held().get().held_until
    assert until
    return (until - timezone.now()).total_seconds() / 60


def test_two_minutes_before_the_end_the_keyboard_renews(browser: Browser, shop: str) -> None:
    page = take_the_shepherd(browser, shop)
    page.goto("/store/")
    page.get_by_label("Search the shop").focus()
    go_by(12.9, page)
    expect(dialog_of(page)).to_be_hidden()
    go_by(0.2, page)
    expect(dialog_of(page).get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=RENEW)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog_of(page)).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text(re.compile("^Everything in your bag is held"))
    expect(page.get_by_label("Search the shop")).to_be_focused()
    assert minutes_left() > 14.5


def test_what_is_typed_at_the_checkout_stays(browser: Browser, shop: str) -> None:
    page = take_the_shepherd(browser, shop)
    page.goto("/checkout/")
    page.get_by_label("Name").fill("Ann Guest")
    until = page.locator("[data-until]").inner_text()
    Piece.objects.update(held_until=F("held_until") - timedelta(minutes=14))
    page.clock.fast_forward(14 * 60_000)
    page.get_by_role("button", name=RENEW).click()
    expect(page.locator("[data-hold] [data-countdown]")).to_have_text(re.compile(r"\(1[45]:\d\d\)"))
    expect(page.get_by_label("Name")).to_have_value("Ann Guest")
    assert page.locator("[data-until]").inner_text() >= until


def let_it_end_at_the_checkout(browser: Browser, shop: str) -> Page:
    page = take_the_shepherd(browser, shop)
    page.goto("/checkout/")
    page.get_by_label("Name").fill("Ann Guest")
    go_by(16, page)
    dialog_of(page, "Your time has ended").get_by_role("button", name="Close").click()
    expect(page.get_by_text("Your time for it has ended.")).to_be_visible()
    expect(page.get_by_text("Held for you until")).to_be_hidden()
    expect(page.locator(".badge")).to_be_hidden()
    return page


def test_what_ends_at_the_checkout_is_taken_again_there(browser: Browser, shop: str) -> None:
    page = let_it_end_at_the_checkout(browser, shop)
    page.get_by_role("button", name="Take it again").press("Enter")

    expect(page.get_by_text(f"“{TITLE}” is in your bag.")).to_be_visible()
    expect(page.locator("[data-hold] [data-countdown]")).to_have_text(re.compile(r"\(1[45]:\d\d\)"))
    expect(page.get_by_role("button", name="Take it again")).to_be_hidden()
    expect(page.get_by_label("Name")).to_have_value("Ann Guest")


def test_what_others_took_meanwhile_is_refused_at_the_checkout(browser: Browser, shop: str) -> None:
    page = let_it_end_at_the_checkout(browser, shop)
    hold_pieces(item_id=Item.objects.get(title=TITLE).pk, quantity=1, bag_key="others")
    page.get_by_role("button", name="Take it again").click()

    expect(page.get_by_role("alert").filter(has_text="in somebody’s bag until")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Ann Guest")


def test_a_second_tab_learns_that_the_first_has_renewed(browser: Browser, shop: str) -> None:
    first = take_the_shepherd(browser, shop)
    second = first.context.new_page()
    second.goto("/bag/")
    go_by(13.5, first)
    expect(dialog_of(second)).to_be_visible()
    dialog_of(first).get_by_role("button", name=RENEW).click()
    expect(dialog_of(first)).to_be_hidden()
    second.clock.fast_forward("00:16")
    expect(dialog_of(second)).to_be_hidden()
    expect(second.locator("[data-hold]")).to_contain_text("(14:")


def test_a_tab_asks_before_it_reminds(browser: Browser, shop: str) -> None:
    first = take_the_shepherd(browser, shop)
    second = open_page(browser, shop, storage_state=first.context.storage_state())
    second.clock.install()
    second.goto("/store/")
    go_by(13.5, first)
    dialog_of(first).get_by_role("button", name=RENEW).click()
    expect(dialog_of(first)).to_be_hidden()
    with second.expect_response("**/bag/state/"):
        second.clock.fast_forward("13:30")
    expect(dialog_of(second)).to_be_hidden()


def test_not_now_is_remembered_until_the_time_has_ended(browser: Browser, shop: str) -> None:
    page = take_the_shepherd(browser, shop)
    go_by(13.5, page)
    expect(dialog_of(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog_of(page)).to_be_hidden()
    page.goto("/store/")
    page.clock.run_for(20_000)
    expect(dialog_of(page)).to_be_hidden()
    go_by(2, page)
    dialog_of(page, "Your time has ended").get_by_role("link", name="Go to your bag").click()
    expect(page.get_by_role("button", name="Take it again")).to_be_visible()


def test_a_bag_emptied_in_another_tab_is_not_reminded_of(browser: Browser, shop: str) -> None:
    first = take_the_shepherd(browser, shop)
    second = first.context.new_page()
    second.goto("/store/")
    go_by(13.5, first)
    expect(dialog_of(second)).to_be_visible()
    dialog_of(first).get_by_role("button", name="Not now").click()
    first.get_by_role("button", name="Remove").click()
    second.clock.fast_forward("00:16")
    expect(dialog_of(second)).to_be_hidden()


def test_what_cannot_be_renewed_is_said_plainly(browser: Browser, shop: str) -> None:
    page = take_the_shepherd(browser, shop)
    longest = F("held_until") - LONGEST_HOLD * settings.HOLD_FOR
    Piece.objects.held().update(held_since=longest)
    go_by(13.5, page)
    dialog = dialog_of(page, "Your time is nearly over")
    expect(dialog).to_contain_text("It cannot be kept any longer.")
    expect(dialog.get_by_role("button", name=RENEW)).to_be_hidden()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_somebody_elses_thing_turns_free_by_itself(browser: Browser, shop: str) -> None:
    take_the_shepherd(browser, shop)
    page = watch_the_shepherd(browser, shop)
    expect(page.locator("noscript")).to_be_hidden()
    let_holds_lapse()
    page.clock.fast_forward("00:21")
    expect(page.get_by_role("status")).to_have_text("It is available again.")
    page.get_by_role("button", name="Put it in the bag").click()
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()


def test_somebody_elses_thing_that_is_sold_is_asked_for_no_more(
    browser: Browser, shop: str
) -> None:
    take_the_shepherd(browser, shop)
    page = watch_the_shepherd(browser, shop)
    let_holds_lapse()
    release_lapsed_holds()
    make_order(Item.objects.get(title=TITLE), paid=True)
    page.clock.fast_forward("00:21")
    expect(page.get_by_text("Sold", exact=True)).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(120_000)
    assert asked == []


def test_the_focus_and_the_chosen_quantity_survive_a_change(browser: Browser, shop: str) -> None:
    lamps = make_item(title="Lamp", pieces=4)
    hold_pieces(item_id=lamps.pk, quantity=4, bag_key="bob")
    page = open_page(browser, shop)
    page.clock.install()
    page.goto(lamps.get_absolute_url())
    let_holds_lapse()
    page.clock.fast_forward("00:21")
    page.get_by_label("How many?").select_option("2")
    page.get_by_label("How many?").focus()
    hold_pieces(item_id=lamps.pk, quantity=1, bag_key="bob")
    page.clock.fast_forward("00:21")
    expect(page.get_by_text("3 available")).to_be_visible()
    expect(page.get_by_label("How many?")).to_be_focused()
    expect(page.get_by_label("How many?")).to_have_value("2")


def test_the_focus_stays_near_a_button_that_is_gone(browser: Browser, shop: str) -> None:
    take_the_shepherd(browser, shop)
    page = watch_the_shepherd(browser, shop)
    let_holds_lapse()
    page.clock.fast_forward("00:21")
    page.get_by_role("button", name="Put it in the bag").focus()
    hold_pieces(item_id=Item.objects.get(title=TITLE).pk, quantity=1, bag_key="bob")
    page.clock.fast_forward("00:21")
    expect(page.get_by_text("In somebody’s bag until")).to_be_visible()
    expect(page.locator(".item__buy")).to_be_focused()


def test_without_javascript_it_is_text_and_a_reload(browser: Browser, shop: str) -> None:
    take_the_shepherd(browser, shop)
    page = open_page(browser, shop, java_script_enabled=False)
    page.goto(SHEPHERD)
    expect(page.get_by_text(re.compile("In somebody’s bag until .* at the latest"))).to_be_visible()
    expect(page.locator("noscript")).to_be_visible()
    let_holds_lapse()
    page.reload()
    page.get_by_role("button", name="Put it in the bag").click()
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    page.get_by_role("button", name="Hold everything for 15 minutes from now").click()
    expect(page.get_by_text(re.compile("^Everything in your bag is held"))).to_be_visible()
