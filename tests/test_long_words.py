"""Words of any length and script stay within their places, from 320 to 1280 pixels."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import PASSWORD, make_staff, make_user
from invoices.documents.drafts import bill_order
from mail.models import Mail
from repairs_restorals.models import ServiceTicket
from repairs_restorals.quote_services import send_quote
from repairs_restorals.services import write_message
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.tests.factories import make_category, make_item, make_order
from tests.conftest import open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
WIDTHS = [320, 390, 768, 1280]
ADDRESS = f"https://example.com/{'0123456789' * 8}"
WORDS = {
    "german": "Kaffeemaschinenersatzteilkisten",
    "capitals": "W" * 40,
    "thai": "เครื่องชงกาแฟแบบโบราณสวยงามมาก" * 2,
    "russian": "Водогрязеторфопарафинолечение",
    "arabic": "فأسقيناكموهاوسيستخلفونهافيالأرض",
    "address": ADDRESS,
}


@pytest.fixture
def ticket(live_server: object) -> ServiceTicket:
    """Everything that a customer sees, all of it in words without an end."""
    word = WORDS["capitals"]
    alice = make_user("alice@example.com", name=f"Alice {word}")
    for name, text in WORDS.items():
        about: dict[str, Any] = {"maker": text, "materials": text, "description": text}
        make_item(title=text, slug=name, category=make_category("Boxes"), **about)
    sold = make_item(title=word, maker=word)
    make_order(sold, customer=alice, name=word, street=word, city=word, note=word)
    ticket = make_ticket(alice, title=word, description=ADDRESS, serial_number=word)
    quote = make_quote(ticket, "75.50")
    quote.lines.update(description=word)
    send_quote(quote_id=quote.pk, actor=alice, site=SITE)
    write_message(ticket_id=ticket.pk, author=alice, body=ADDRESS, site=SITE)
    return ticket


def too_wide(page: Page, widths: list[int] = WIDTHS) -> dict[int, int]:
    """How wide the page is at each width of a window that it does not fit."""
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found[width] = needed
    return found


def test_no_word_widens_a_page(
    browser: Browser, ticket: ServiceTicket, live_server: object
) -> None:
    page = open_page(browser, str(live_server))
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    for name in WORDS:
        page.goto(f"/store/item/{name}/")
        assert too_wide(page) == {}, name
        page.get_by_role("button", name="Put it in the bag").click()
    order = ticket.customer.orders.get()
    pages = ["/", "/store/", "/store/boxes/", f"/store/?q={'W' * 100}", "/bag/", "/checkout/"]
    pages += ["/orders/", order.get_absolute_url(), "/workshop/tickets/", "/accounts/profile/"]
    pages += [ticket.get_absolute_url(), ticket.quotes.get().get_absolute_url()]
    for address in pages:
        page.goto(address)
        assert too_wide(page) == {}, address


def test_no_word_widens_a_page_of_staff(
    browser: Browser, ticket: ServiceTicket, client: Client, live_server: object
) -> None:
    title = f"Cuckoo 🐦 {'Q' * 100}"
    ServiceTicket.objects.update(title=title)
    order = bill_order(ticket.customer.orders.get(), site=SITE).order
    assert order
    order.lines.update(title=title)
    piece = order.lines.get().piece
    things = [ticket, ticket.customer, order, order.invoice, piece, piece.item]
    page = open_page(browser, str(live_server))
    client.force_login(make_staff("mo@example.com", group=MANAGERS))
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": str(live_server)}])
    for thing in things:
        name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}"
        for address in (
            reverse(f"{name}_change", args=[thing.pk]),
            reverse(f"{name}_history", args=[thing.pk]),
            reverse(f"{name}_changelist"),
        ):
            page.goto(address)
            assert too_wide(page, [320, 1280]) == {}, address


def test_no_word_widens_a_mail(browser: Browser, ticket: ServiceTicket, tmp_path: Path) -> None:
    page = browser.new_context().new_page()
    for mail in Mail.objects.exclude(html=""):
        page.set_content(mail.html)
        assert too_wide(page) == {}, mail.event
    assert User.objects.exists()
