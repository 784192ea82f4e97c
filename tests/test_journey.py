"""From looking for a thing to having bought it, as people do it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent
from store.models import Order, Piece
from tests.conftest import open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PHONE = {"viewport": {"width": 360, "height": 740}}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


def find_a_shepherd(page: Page) -> None:
    """Search without accents, narrow by price and condition, open what is left."""
    page.goto("/")
    page.get_by_label("Search the shop").fill("creche shep")
    page.get_by_label("Search the shop").press("Enter")
    page.wait_for_url("**/store/?q=*")
    # On a wide window the filters are always open.
    if (toggle := page.get_by_text("Filter and sort")).is_visible():
        toggle.click()
    page.get_by_label("Price from").fill("500")
    page.get_by_label("Condition").select_option("good")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("link", name="Crèche figure, shepherd").click()


def order_as_a_guest(page: Page, *, pay: str) -> None:
    page.get_by_role("link", name="To the checkout").click()
    page.get_by_label("Name").fill("Ann Guest")
    page.get_by_label("E-mail address").fill("ann@example.com")
    page.get_by_label("I collect it at the shop").check()
    page.get_by_label(pay).check()
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Place the order").click()


def check_out_as_a_guest(page: Page) -> None:
    order_as_a_guest(page, pay="By bank transfer")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Order R\d{5}"))
    expect(page.get_by_text("Waiting for your payment")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways of a page of which something was expected before."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_guest_buys_and_staff_mark_it_paid(browser: Browser, shop: str, sam: User) -> None:
    page = open_page(browser, shop, **DESKTOP)
    find_a_shepherd(page)
    page.get_by_role("button", name="Put it in the bag").click()
    countdown = page.locator(".hold__countdown")
    expect(countdown).to_have_text(re.compile(r"\(1[45]:\d\d\)"))
    before = countdown.inner_text()
    expect(countdown).not_to_have_text(before)
    check_out_as_a_guest(page)
    assert mails_sent()[0].to == ["ann@example.com"]

    staff = open_page(browser, shop, **DESKTOP)
    staff.goto("/admin/")
    staff.get_by_label("E-mail address").fill(sam.email)
    staff.get_by_label("Password").fill(PASSWORD)
    staff.get_by_role("button", name="Log in").click()
    staff.goto("/admin/store/order/")
    staff.get_by_role("link", name=Order.objects.get().reference).click()
    staff.get_by_role("link", name="Mark paid…").click()
    staff.get_by_role("button", name="Record the payment").click()
    expect(staff.get_by_text("It is paid.")).to_be_visible()

    assert Piece.objects.get(stock_number="1944.10").sold_at
    page.reload()
    expect(page.get_by_text("Your payment has arrived")).to_be_visible()
    page.goto("/store/?q=creche+shepherd")
    expect(page.get_by_role("link", name="Crèche figure, shepherd")).to_have_count(0)
    expect(page.get_by_role("heading", name="New arrivals")).to_be_visible()


def test_it_works_without_javascript(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop, java_script_enabled=False, **DESKTOP)
    find_a_shepherd(page)
    page.get_by_role("button", name="Put it in the bag").click()
    expect(page.get_by_text(re.compile(r"Held for you until .*\d\d:\d\d"))).to_be_visible()
    check_out_as_a_guest(page)


def test_it_works_on_a_small_phone(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop, **PHONE)
    find_a_shepherd(page)
    expect(page.get_by_role("button", name="Put it in the bag")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Put it in the bag").click()
    expect(page.get_by_role("link", name="To the checkout")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="To the checkout").click()
    expect(page.get_by_label("Name")).to_be_visible()
    assert fits(page)
    page.go_back()
    check_out_as_a_guest(page)
    assert fits(page)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this text or label has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        described = page.evaluate(
            "[document.activeElement.innerText, document.activeElement.id,"
            " document.activeElement.labels?.[0]?.innerText].join(' ')"
        )
        if name in described:
            return
    pytest.fail(f"“{name}” cannot be reached with the Tab key.")


def test_it_works_by_keyboard(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop, **DESKTOP)
    page.goto("/")
    tab_to(page, "Skip to content")
    tab_to(page, "search-words")
    page.keyboard.type("creche shep")
    page.keyboard.press("Enter")
    page.wait_for_url("**/store/?q=*")
    tab_to(page, "Crèche figure, shepherd")
    page.keyboard.press("Enter")
    page.wait_for_url("**/store/item/**")
    tab_to(page, "Put it in the bag")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bag/")
    tab_to(page, "To the checkout")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout/")
    for label, text in [("Name", "Ann Guest"), ("E-mail address", "ann@example.com")]:
        tab_to(page, label)
        page.keyboard.type(text)
    for choice in ("I collect it at the shop", "I agree to the terms"):
        tab_to(page, choice)
        page.keyboard.press("Space")
    tab_to(page, "Place the order")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for your payment")).to_be_visible()


def test_the_address_is_asked_only_when_it_is_sent(browser: Browser, shop: str) -> None:
    page = open_page(browser, shop, **DESKTOP)
    find_a_shepherd(page)
    page.get_by_role("button", name="Put it in the bag").click()
    page.get_by_role("link", name="To the checkout").click()
    expect(page.get_by_label("Town")).to_be_hidden()
    page.get_by_label("Send it to me").check()
    expect(page.get_by_label("Town")).to_be_visible()
