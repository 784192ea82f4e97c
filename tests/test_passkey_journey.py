"""Staff add a passkey at their first log-in, and get in by it from then on."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import PASSWORD
from tests.conftest import open_page
from tests.test_accessible import objections
from tests.test_journey import DESKTOP, PHONE, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_password(page: Page, user: User) -> None:
    page.goto("/admin/login/?next=/admin/store/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_passkey_from_the_first_log_in_to_the_second(
    browser: Browser, live_server: Any, sam: User, options: dict[str, Any], settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    page = open_page(browser, live_server.url, **options)
    wires = page.context.new_cdp_session(page)
    wires.send("WebAuthn.enable")
    wires.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    give_password(page, sam)
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()
    wrong = objections(page, "setup")
    assert fits(page)

    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    wrong += objections(page, "codes")
    assert fits(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(f"{live_server.url}/admin/store/")
    page.context.clear_cookies()
    give_password(page, sam)
    expect(page.get_by_role("heading", name="One more thing to log in")).to_be_visible()
    wrong += objections(page, "ask")
    assert fits(page)
    page.get_by_role("button", name="Use your passkey").click()

    expect(page).to_have_url(f"{live_server.url}/admin/store/")
    assert wrong == []


def test_who_stops_the_browsers_question_may_try_again(
    browser: Browser, live_server: Any, sam: User, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    page = open_page(browser, live_server.url, **DESKTOP)
    give_password(page, sam)
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error()) }")

    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_text("That did not work")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_enabled()
    # What the shop says against it is shown as it says it.
    page.evaluate(
        "() => { window.fetch = () => Response.json({error: 'Ten are enough.'}, {status: 400}) }"
    )
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Ten are enough.")).to_be_visible()
