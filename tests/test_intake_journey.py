"""A repair taken in on the phone behind the counter, from somebody without an e-mail address."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.models import User
from repairs_restorals.models import ServiceTicket
from tests.test_accessible import look, objections
from tests.test_journey import fits
from tests.test_photo_journey import photo_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
INTAKE = "/admin/repairs_restorals/serviceticket/add/"
BEHIND = "label => getComputedStyle(label, '::after').content"
INDENT = "list => parseFloat(getComputedStyle(list).paddingLeft)"


def test_a_repair_is_taken_in_with_name_and_phone_and_nothing_is_lost(
    browser: Browser, live_server: Any, client: Client, wren: User, tmp_path: Path
) -> None:
    client.force_login(wren)
    page = look(browser, str(live_server.url), client, "light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(INTAKE)
    assert fits(page)
    assert objections(page, INTAKE) == []
    # What the line above promises.
    assert "*" in page.locator("label", has_text="Name:").evaluate(BEHIND)
    assert "*" not in page.locator("label", has_text="Phone:").evaluate(BEHIND)
    page.get_by_label("Name:").fill("Walt Inn")
    page.get_by_label("Phone:").fill("030 555777")
    page.get_by_label("What is wrong").fill("A key sticks.")
    for name in ("front.jpg", "back.jpg"):
        page.get_by_label("Take a photo").set_input_files(photo_of(tmp_path, name, (400, 300)))
    page.get_by_role("button", name="Take in").click()

    expect(page.get_by_text("This field is required.", exact=True)).to_be_visible()
    assert page.locator(".wrong-fields").evaluate(INDENT) > 0
    expect(page.locator(".chosen__photo canvas")).to_have_count(2)
    expect(page.get_by_label("Name:")).to_have_value("Walt Inn")
    page.get_by_label("What it is:").fill("Clarinet")
    page.get_by_role("button", name="Take in").click()

    expect(page.get_by_role("link", name="Print receipt and label")).to_be_visible()
    ticket = ServiceTicket.objects.get()
    assert (ticket.customer.name, ticket.images.count()) == ("Walt Inn", 2)
    assert page.url.endswith(f"/{ticket.pk}/change/")
    expect(page.locator(".breadcrumbs")).not_to_contain_text("Take in at the counter")
    assert fits(page)
    assert objections(page, page.url) == []
