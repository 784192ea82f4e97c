"""An invoice as its payer opens it from the mail, on a phone and without any script."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from invoices.billing import bill_order
from invoices.issuing import issue
from invoices.models import Invoice, Payment
from invoices.payments import record_payment
from store.models import Item, ShopProfile
from store.tests.factories import make_item, make_order
from tests.conftest import open_page
from tests.test_journey import DESKTOP, PHONE, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def billed() -> Invoice:
    """Of a clock with an endless name; 20.00 of it are paid."""
    shop = ShopProfile.get_solo()
    shop.iban, shop.invoice_note = "DE02 1203 0000 0000 2020 51", "Thank you for your order."
    shop.save()
    title = "Donaudampfschifffahrtsgesellschaftskapitänskajütenuhr, walnut and brass"
    item = make_item(title=title, tax_scheme=Item.TaxScheme.STANDARD)
    invoice = issue(invoice_id=bill_order(make_order(item, name="Zoë Ångström")).pk)
    record_payment(
        invoice_id=invoice.pk,
        amount=Decimal(20),
        method=Payment.Method.TRANSFER,
        received_on=date(2026, 11, 24),
        actor=None,
    )
    return invoice


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_invoice_is_read_without_scripts(browser: Browser, shop: str, window: dict) -> None:
    page = open_page(browser, shop, java_script_enabled=False, **window)

    page.goto(billed().get_absolute_url())

    code = page.get_by_role("img", name="QR code for a bank's app: €100.00")
    expect(code).to_be_visible()
    expect(page.get_by_text("DE02 1203 0000 0000 2020 51")).to_be_visible()
    assert (
        page.request.get(code.get_attribute("src") or "")
        .headers["content-type"]
        .startswith("image/svg")
    )
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    assert (
        page.request.get(page.get_by_role("link", name="As PDF").get_attribute("href") or "")
        .body()
        .startswith(b"%PDF")
    )
    if folder := os.environ.get("SCREENSHOTS"):
        width = window["viewport"]["width"]
        page.screenshot(path=Path(folder) / f"invoice-{width}.png", full_page=True)
    assert fits(page)
