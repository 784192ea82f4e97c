"""Paying by card as people do it: an order, a deposit and its balance."""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts.models import User
from invoices.models import Invoice
from repairs_restorals.models import Quote, Status
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.models import Order, Piece
from tests.conftest import open_page
from tests.stripe_standin.driver import Standin
from tests.test_journey import DESKTOP, PHONE, find_a_shepherd, fits, order_as_a_guest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def look(page: Page, name: str) -> None:
    """Keep a picture of the page where SCREENSHOTS says, to be looked at by people."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture(autouse=True)
def _browsers_may_go_to_the_pay_page(provider: Standin, settings: Settings) -> None:
    """As the settings say of a shop that starts with these keys."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**policy, "form-action": [*policy["form-action"], provider.base]}
    }


def order_by_card(page: Page) -> None:
    find_a_shepherd(page)
    page.get_by_role("button", name="Put it in the bag").click()
    order_as_a_guest(page, pay="By card, online")
    page.wait_for_url("**/c/pay/**")


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_guest_pays_by_card(
    browser: Browser, shop: str, provider: Standin, window: dict[str, Any]
) -> None:
    width = window["viewport"]["width"]
    page = open_page(browser, shop, **window)
    order_by_card(page)
    look(page, f"stripe-{width}")
    page.get_by_role("button", name="Pay with a card that is declined").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_role("button", name=re.compile("^Pay")).first.click()
    expect(page.get_by_text("Your payment has arrived").first).to_be_visible()
    assert fits(page)
    look(page, f"order-paid-{width}")
    page.get_by_role("link", name=re.compile("^Invoice")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice")
    page.wait_for_load_state()
    assert fits(page)
    look(page, f"invoice-{width}")
    assert Piece.objects.get(order__isnull=False).sold_at


def test_who_goes_back_has_the_thing_in_the_bag(
    browser: Browser, shop: str, provider: Standin
) -> None:
    page = open_page(browser, shop, java_script_enabled=False, **DESKTOP)
    order_by_card(page)
    page.get_by_role("link", name="Cancel").click()
    look(page, "left-the-payment")
    page.get_by_role("button", name="Put my things back into my bag").click()
    expect(page.get_by_text("Your things are in your bag again")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Held for you until .*\d\d:\d\d"))).to_be_visible()
    look(page, "back-in-the-bag")
    assert Order.objects.get().state == Order.State.CANCELLED


def test_a_deposit_then_the_balance(
    browser: Browser, shop: str, provider: Standin, alice: User, wren: User
) -> None:
    quote = make_quote(make_ticket(alice), "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=shop)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=shop)
    invoice = Invoice.objects.get()
    page = open_page(browser, shop, **PHONE)
    page.goto(invoice.get_absolute_url())
    assert fits(page)
    look(page, "deposit-360")
    page.get_by_role("button", name="Pay €30.00 by card").click()
    page.get_by_role("button", name=re.compile("^Pay")).first.click()
    expect(page.get_by_text("Deposit received")).to_be_visible()

    for status in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(ticket_id=quote.ticket_id, to=status, actor=wren, site=shop)
    page.reload()
    look(page, "balance-360")
    page.get_by_role("button", name="Pay €70.00 by card").click()
    page.get_by_role("button", name=re.compile("^Pay")).first.click()
    expect(page.get_by_text("Your payment has arrived")).to_be_visible()
    look(page, "ticket-paid-360")
    assert fits(page)
    assert Invoice.objects.get().balance == 0
