"""Paying by card in a real browser, on the stand-in's page, and what becomes of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.groups import MANAGERS
from accounts.tests.factories import PASSWORD, make_staff
from store.models import Order, Piece
from tests.conftest import open_page
from tests.stripe_standin.driver import Standin
from tests.test_journey import DESKTOP, PHONE, find_a_shepherd, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture(autouse=True)
def _forms_may_lead_there(provider: Standin, settings: Any) -> None:
    """As the settings do for a shop that takes cards there."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {**policy, "form-action": [*policy["form-action"], provider.base]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": allowed}


def order_by_card(page: Page, provider: Standin) -> None:
    find_a_shepherd(page)
    page.get_by_role("button", name="Put it in the bag").click()
    page.get_by_role("link", name="To the checkout").click()
    page.get_by_label("Name").fill("Ann Guest")
    page.get_by_label("E-mail address").fill("ann@example.com")
    page.get_by_label("I collect it at the shop").check()
    page.get_by_label("By card").check()
    page.get_by_label("I agree to the terms").check()
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url(f"{provider.base}/c/pay/*")


@pytest.mark.parametrize("window", [PHONE, DESKTOP])
def test_a_guest_pays_after_a_card_was_declined_and_staff_send_it_back(
    browser: Browser, shop: str, provider: Standin, window: Any
) -> None:
    page = open_page(browser, shop, **window)
    order_by_card(page, provider)
    page.get_by_role("button", name="Pay with a card that is declined").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_role("button", name="Pay", exact=True).click()

    expect(page.get_by_text("Thank you! Your payment has arrived.")).to_be_visible()
    assert fits(page)
    order = Order.objects.get()
    intent = order.invoice.attempts.get().payment_intent
    assert (bool(order.paid_at), provider.net(intent)) == (True, order.total)

    # Money back is for managers.
    make_staff("mo@example.com", group=MANAGERS)
    send_back(open_page(browser, shop, **DESKTOP), order)
    assert provider.net(intent) == order.total - 5


def send_back(page: Page, order: Order) -> None:
    page.goto("/admin/login/")
    page.get_by_label("E-mail address").fill("mo@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"/admin/invoices/invoice/{order.invoice.pk}/change/")
    page.locator("summary", has_text="Send money back to the card").click()
    form = page.locator("details[open]", has_text="Send money back to the card")
    form.get_by_label("Amount").fill("5")
    form.get_by_label("Reason").fill("A scratch")
    form.get_by_role("button", name="Send money back to the card").click()
    expect(page.get_by_text("€5.00 goes back to the card.")).to_be_visible()


def test_who_goes_back_finds_the_thing_in_the_bag(
    browser: Browser, shop: str, provider: Standin
) -> None:
    page = open_page(browser, shop, **PHONE)
    order_by_card(page, provider)
    session = page.url.rsplit("/", 1)[1]
    page.get_by_role("link", name="Cancel").click()

    expect(page.get_by_text("Your things are in your bag again")).to_be_visible()
    expect(page.locator(".hold__countdown")).to_have_text(re.compile(r"\(1[45]:\d\d\)"))
    assert Order.objects.get().state == Order.State.CANCELLED
    assert Piece.objects.held().count() == 1
    assert provider.pay(session) == ""
