"""An invoice as its payer opens it from the mail, on a phone and without any script."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.groups import WORKSHOP_STAFF
from accounts.tests.factories import make_staff, make_user
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import make_quote, make_ticket
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
        received=Received(Decimal(20), Payment.Method.TRANSFER, date(2026, 11, 24)),
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
    assert all_in_sight(page)


def all_in_sight(page: Page) -> bool:
    """Whether no figure of a table is out of sight until it is scrolled sideways."""
    inside = "every(table => table.scrollWidth <= table.clientWidth)"
    return bool(page.evaluate(f"[...document.querySelectorAll('.table-wrap')].{inside}"))


def agreed() -> Invoice:
    """Work of which 4,000.00 are asked for before it begins."""
    wren, alice = (
        make_staff("wren@example.com", group=WORKSHOP_STAFF),
        make_user("alice@example.com"),
    )
    quote = make_quote(make_ticket(alice), "12345.67", "1.50", deposit=Decimal(4000))
    send_quote(quote_id=quote.pk, actor=wren, site="")
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site="")
    return Invoice.objects.get()


def taken_back() -> Invoice:
    item = make_item(title="Bracket clock by Tompion", price=Decimal("12345.67"))
    invoice = issue(invoice_id=bill_order(make_order(item)).pk)
    return credit(invoice_id=invoice.pk, reason="It was not by Tompion.", actor=None)


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("document", [agreed, taken_back])
def test_all_figures_are_in_sight(
    browser: Browser, shop: str, window: dict, document: Callable[[], Invoice]
) -> None:
    page = open_page(browser, shop, **window)

    page.goto(document().get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    if folder := os.environ.get("SCREENSHOTS"):
        name = f"{document.__name__}-{window['viewport']['width']}.png"
        page.screenshot(path=Path(folder) / name, full_page=True)
    assert fits(page)
    assert all_in_sight(page)
