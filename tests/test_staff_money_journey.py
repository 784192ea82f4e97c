"""Staff take a part in cash, the rest by transfer, and take some of it back."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD
from invoices.models import Invoice
from invoices.tests.admin_steps import again, make_invoice, page_of
from tests.conftest import open_page
from tests.test_journey import DESKTOP, PHONE, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def at_the_desk(page: Page, staff: User, address: str) -> None:
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("E-mail address").fill(staff.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def take_and_credit(page: Page) -> None:
    page.get_by_label("Amount").fill("50")
    page.get_by_label("How:", exact=True).select_option("cash")
    page.get_by_role("button", name="Record a payment").click()
    expect(page.get_by_text("Still to be paid: €70.00.")).to_be_visible()
    page.get_by_label("How:", exact=True).select_option("transfer")
    page.get_by_role("button", name="Record a payment").click()
    expect(page.get_by_text("Recorded: €70.00. It is paid.")).to_be_visible()
    page.get_by_role("link", name="Issue a credit note…").click()
    page.get_by_label("These amounts").check()
    page.get_by_label("Mantel clock").fill("20")
    page.get_by_label("Reason").fill("A scratch")
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Issue the credit note").click()
    expect(page.get_by_text("of €20.00 is issued and mailed.")).to_be_visible()


@pytest.mark.parametrize(
    ("options", "scripts"),
    [(DESKTOP, False), (PHONE, True)],
    ids=["desk without scripts", "phone with scripts"],
)
def test_cash_then_a_transfer_then_a_credit_note(
    browser: Browser, live_server: Any, sam: User, options: dict[str, Any], scripts: bool
) -> None:
    invoice = make_invoice()
    page = open_page(browser, live_server.url, java_script_enabled=scripts, **options)
    at_the_desk(page, sam, page_of(invoice))
    assert not scripts or fits(page)

    take_and_credit(page)

    paid = again(invoice)
    assert paid.overpaid == 20
    assert [payment.method for payment in paid.payments.all()] == ["cash", "transfer"]
    assert paid.state == Invoice.State.OVERPAID
    assert not scripts or fits(page)
    for name in ("", "export/", "stock-book/", "without-goods/"):
        page.goto(f"/admin/invoices/invoice/{name}")
        assert not scripts or not name or fits(page), name


def test_a_payment_is_recorded_by_keyboard(browser: Browser, live_server: Any, sam: User) -> None:
    invoice = make_invoice()
    page = open_page(browser, live_server.url, **DESKTOP)
    at_the_desk(page, sam, page_of(invoice))
    page.get_by_label("Reference").focus()
    page.keyboard.type("Slip 12")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Recorded: €120.00. It is paid.")).to_be_visible()
