"""A customer reads what is kept, takes it along, has it erased, and begins anew; no scripts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, link_in_mail
from repairs_restorals.models import TicketImage
from repairs_restorals.models.photos import private_storage
from repairs_restorals.tests.factories import make_photo, make_ticket
from store.models import Order
from store.tests.factories import make_item, make_order
from tests.conftest import open_page
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE = {"viewport": {"width": 360, "height": 780}, "java_script_enabled": False}


def log_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()


def test_data_is_asked_for_and_erased(browser: Browser, shop: str, alice: User) -> None:
    bought: dict[str, Any] = {"street": "Elm Street 4", "state": "collected", "paid": True}
    make_order(make_item(title="Vase"), customer=alice, email=alice.email, **bought)
    ticket = make_ticket(alice, title="Viola of Alice")
    photo = str(make_photo(ticket).image.name)
    assert private_storage().exists(photo)
    type(ticket).objects.update(status="cancelled")
    page = open_page(browser, shop, **PHONE)

    log_in(page, alice.email)
    page.goto("/accounts/profile/")
    page.get_by_role("link", name="What is kept about you").click()
    expect(page.get_by_text("Elm Street 4")).to_be_visible()
    assert fits(page)
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download as JSON").click()
    data = json.loads(Path(downloaded.value.path()).read_text("utf-8"))["data"]
    assert data["store.Order"][0]["street"] == "Elm Street 4"
    assert data["repairs_restorals.ServiceTicket"][0]["title"] == "Viola of Alice"

    page.get_by_role("link", name="Have it erased").click()
    expect(page.get_by_role("heading", name="What stays")).to_be_visible()
    assert fits(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Erase all that may go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data are erased")
    assert not Order.objects.exclude(street="").exists()
    assert not TicketImage.objects.exists()
    assert not private_storage().exists(photo)

    log_in(page, alice.email)
    expect(
        page.get_by_text(re.compile("There is no account with this e-mail address"))
    ).to_be_visible()

    begin_anew(page, alice.email)
    new = User.objects.get(email=alice.email)
    assert new.pk != alice.pk
    page.goto("/accounts/my-data/")
    expect(page.get_by_text("Alison", exact=True)).to_be_visible()
    expect(page.get_by_text("Elm Street 4")).to_have_count(0)


def begin_anew(page: Page, email: str) -> None:
    """Open an account with the same address, by the link that is mailed there."""
    page.goto("/accounts/register/")
    page.get_by_label("Name").fill("Alison")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_load_state()
    page.goto(link_in_mail())
    page.get_by_role("button", name="Yes, this is my address").click()
    page.wait_for_load_state()
