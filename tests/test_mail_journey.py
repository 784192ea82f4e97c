"""A manager puts a mail into other words, and looks at what was sent, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD
from mail.models import Mail, Wording
from mail.outbox import enqueue_mail
from tests.conftest import open_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
EVENT = "accounts.new_browser"


def log_in(page: Page, user: User) -> None:
    page.goto("/admin/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize(("width", "scripts"), [(360, True), (1280, False)])
def test_a_manager_puts_a_mail_into_other_words(
    browser: Browser, shop: str, width: int, scripts: bool
) -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD, name="Root")
    screen = {"width": width, "height": 800}
    page = open_page(browser, shop, viewport=screen, java_script_enabled=scripts)
    log_in(page, root)
    page.goto("/admin/mail/wording/")
    page.get_by_role("link", name="Somebody has logged in with a browser").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_css("font-size", "24px")

    page.get_by_label("Subject").fill("Moved to {{ browser }}")
    page.get_by_role("button", name="Preview").click()
    expect(frame.get_by_role("heading")).to_have_text("Moved to [the browser and the system]")
    assert not Wording.objects.exists()

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The next mail of this kind says it so.")).to_be_visible()
    page.get_by_role("button", name="Back to the original").click()
    expect(page.get_by_text("It is the original again.")).to_be_visible()
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_staff_look_at_a_mail_and_send_it_again(browser: Browser, shop: str, sam: User) -> None:
    mail = enqueue_mail(EVENT, to="ann@example.com", context={"user": sam})
    Mail.objects.update(state=Mail.State.FAILED)
    page = open_page(browser, shop)
    log_in(page, sam)
    page.get_by_role("link", name="1 mail could not be sent").click()
    page.get_by_role("link", name=mail.subject).click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Hello Sam,")).to_have_css("margin-bottom", "16px")

    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("It goes out within a minute.")).to_be_visible()
    assert Mail.objects.queued().count() == 1
