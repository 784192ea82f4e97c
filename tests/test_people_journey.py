"""A customer's page, and two records joined, on the phone behind the counter and on a laptop."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.models import User
from accounts.tests.factories import make_staff, make_user
from repairs_restorals.tests.factories import make_ticket
from repairshop.tests.test_people import fill
from store.tests.factories import make_item, make_order
from tests.test_accessible import look, objections
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.mark.parametrize(("looks", "width"), [("dark", 390), ("light", 1280)])
def test_a_twin_is_found_and_joined(
    browser: Browser,
    live_server: Any,
    client: Client,
    alice: User,
    sam: User,
    looks: str,
    width: int,
) -> None:
    fill(alice, sam)
    twin = make_user("", name="Al Twin")
    ticket = make_ticket(twin, title="Clarinet")
    for person in (alice, twin):
        person.customer.phone = "030 555777"
        person.customer.save()
    client.force_login(make_staff("mo@example.com", group="Managers"))
    page = look(browser, str(live_server.url), client, looks)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(reverse("person", args=[alice.pk]))
    assert fits(page)
    assert objections(page, page.url) == []
    page.get_by_role("link", name="join Al Twin with this record").click()
    expect(page.get_by_text("It cannot be undone.")).to_be_visible()
    assert fits(page)
    assert objections(page, page.url) == []
    page.get_by_label("Type the name").fill("al twin")
    page.get_by_role("button", name="Join the two").click()

    expect(page.get_by_role("link", name=str(ticket))).to_be_visible()


@pytest.mark.parametrize(("looks", "width"), [("light", 390), ("dark", 1280)])
def test_a_guest_known_by_phone_gets_a_record_and_is_joined(
    browser: Browser, live_server: Any, client: Client, alice: User, looks: str, width: int
) -> None:
    order = make_order(make_item(title="Globe"), email="", name="Pat", phone="+49 30 111-222")
    client.force_login(make_staff("mo@example.com", group="Managers"))
    page = look(browser, str(live_server.url), client, looks)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(reverse("admin:store_order_change", args=[order.pk]))
    page.get_by_role("link", name="Pat", exact=True).click()
    expect(page.get_by_text("Known as a guest only")).to_be_visible()
    expect(page.get_by_role("link", name=str(order))).to_be_visible()
    assert fits(page)
    assert objections(page, page.url) == []
    page.get_by_role("button", name="Make a record of this guest").click()
    expect(page.get_by_text("There is a record now.")).to_be_visible()

    page.goto(reverse("person-join", args=[alice.pk]))
    page.get_by_label("of the other one").fill("030 111222")
    page.keyboard.press("Enter")
    expect(page.get_by_text("+49 30 111-222 · 1 order · known since")).to_be_visible()
    assert fits(page)
    assert objections(page, page.url) == []
    page.get_by_role("link", name="Pat", exact=True).press("Enter")
    page.get_by_label("Type the name").fill("pat")
    page.get_by_role("button", name="Join the two").click()
    expect(page.get_by_role("link", name=str(order))).to_be_visible()
