"""A guest withdraws from one of two things, on a phone and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, expect

from accounts.tests.factories import mails_sent
from invoices.documents.drafts import bill_order
from invoices.mail.orders import notify_about_order
from invoices.models import Withdrawal
from store.models import Order
from store.tests.factories import make_item, make_order
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}


def test_a_guest_withdraws_from_one_of_two_things(browser: Browser, shop: str) -> None:
    order = make_order(make_item(title="Beech chair", pieces=2), customer=None)
    bill_order(order, site=shop)
    notify_about_order(order.pk, "placed", shop)
    mail = next(str(mail.body) for mail in mails_sent() if order.email in mail.to)
    link = re.search(r"Withdraw from contract here: (\S+)", mail)
    assert link

    page = open_page(browser, shop, **PHONE)
    page.goto(link[1])
    page.get_by_label("Your name").fill("Ann Guest")
    page.get_by_label("Where shall the confirmation go?").fill("ann@example.com")
    page.get_by_label(re.compile("Beech chair")).first.uncheck()
    assert fits(page)
    page.locator("main button[type=submit]").click()
    expect(page.get_by_text(re.compile("Beech chair"))).to_have_count(1)
    assert not Withdrawal.objects.exists()
    page.get_by_role("button", name="Confirm withdrawal", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("We have received your withdrawal")
    expect(page.get_by_text(re.compile(r"\d\d:\d\d:\d\d"))).to_be_visible()
    assert fits(page)
    order = Order.objects.get()
    assert [line.is_gone for line in order.lines.order_by("pk")] == [False, True]
    assert any("ann@example.com" in mail.to for mail in mails_sent())
