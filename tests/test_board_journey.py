"""What staff of the workshop do in the admin, on a desk and on a phone beside the bench."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.tests.factories import make_photo, make_ticket
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
TICKETS = "/admin/repairs_restorals/serviceticket/"


def log_in(page: Page, user: User) -> None:
    page.goto(f"/admin/login/?next={TICKETS}")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On the bench")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    assert fits(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_ticket_is_assessed_noted_and_quoted(
    browser: Browser, live_server: object, alice: User, wren: User, width: int
) -> None:
    ticket = make_ticket(alice, title="Violin")
    make_photo(ticket)
    address = str(getattr(live_server, "url", ""))
    page = open_page(browser, address, viewport={"width": width, "height": 800})
    log_in(page, wren)
    page.get_by_role("link", name="Violin").click()
    press(page, "Assess it")
    page.get_by_label("Note:").fill("The block is open.")
    press(page, "Keep as a note")
    press(page, "Write a quote")
    page.get_by_label("What", exact=True).first.fill("Glue the block")
    press(page, "Save and preview")
    expect(page.locator(".staff-mail")).to_contain_text("Glue the block: 1 × €60.00")
    press(page, "Send to the customer")

    expect(page.get_by_text("The quote is sent to alice@example.com.")).to_be_visible()
    assert Quote.objects.get().state == "sent"
    assert ServiceTicket.objects.get().messages.get().internal
