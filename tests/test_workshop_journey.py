"""From a broken thing to an agreed repair, as people do it: on the phone, and at the bench."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, mails_sent
from repairs_restorals.models import Quote, ServiceTicket, Status, Workshop
from store.tests.pictures import picture_bytes
from tests.conftest import open_page
from tests.test_journey import DESKTOP, fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two photos, and a text that somebody has picked by mistake."""
    names = ["front.jpg", "back.jpg", "notes.txt"]
    contents = [picture_bytes((800, 600)), picture_bytes((600, 800), color="blue"), b"Dear shop"]
    for name, content in zip(names, contents, strict=True):
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in names]


@pytest.fixture
def workshop(wren: User) -> Workshop:
    workshop = Workshop.get_solo()
    workshop.default_assignee = wren
    workshop.save()
    return workshop


def file_a_ticket(page: Page, customer: User, photos: list[Path]) -> None:
    """Begin as a visitor, log in on the way, and find everything typed again."""
    page.goto("/workshop/")
    page.get_by_role("link", name="File a ticket").click()
    page.get_by_label("What is it?").fill("Viola of my grandmother")
    page.get_by_label("What is wrong").fill("The neck is loose.")
    page.get_by_role("button", name="Go on and log in").click()
    page.get_by_label("E-mail address").fill(customer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("What is it?")).to_have_value("Viola of my grandmother")
    page.get_by_label("Photos").set_input_files(photos)
    page.get_by_role("button", name="Send the ticket").click()
    expect(page.get_by_text("Your ticket is W")).to_be_visible()


def link_in_mail(pattern: str, to: User) -> str:
    found: list[str] = [
        match
        for message in mails_sent()
        if message.to == [to.email]
        for match in re.findall(rf"http\S+{pattern}\S+/", str(message.body))
    ]
    return urlsplit(found[-1]).path


def write_a_quote(page: Page, wren: User, ticket: ServiceTicket) -> None:
    page.goto(f"/admin/login/?next=/admin/repairs_restorals/serviceticket/{ticket.pk}/change/")
    page.get_by_label("E-mail address").fill(wren.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Write a quote").click()
    page.get_by_label("What", exact=True).first.fill("Glue the neck")
    page.get_by_label("Hours or number").first.fill("2.5")
    page.get_by_label("Price of one").first.fill("60")
    page.get_by_role("button", name="Save and preview").click()
    expect(page.locator(".staff-mail")).to_contain_text("Glue the neck: 2.5 × €60.00 = €150.00")
    page.get_by_role("button", name="Send to the customer").click()
    expect(page.get_by_role("heading", name="Quotes and invoice")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_ticket_is_filed_quoted_and_accepted(
    browser: Browser,
    live_server: Any,
    alice: User,
    wren: User,
    workshop: Workshop,
    photos: list[Path],
    scripts: bool,
) -> None:
    phone = open_page(browser, live_server.url, java_script_enabled=scripts, **PHONE)
    file_a_ticket(phone, alice, photos)
    expect(phone.get_by_text("“notes.txt” was not taken")).to_be_visible()
    expect(phone.get_by_role("img", name=re.compile(r"Photo \d"))).to_have_count(2)
    assert not scripts or fits(phone)

    ticket = ServiceTicket.objects.get()
    desk = open_page(browser, live_server.url, java_script_enabled=scripts, **DESKTOP)
    write_a_quote(desk, wren, ticket)

    # The mail is read elsewhere, where nobody is logged in.
    elsewhere = open_page(browser, live_server.url, java_script_enabled=scripts, **PHONE)
    elsewhere.goto(link_in_mail("/workshop/quotes/", alice))
    assert Quote.objects.get().state == Quote.State.SENT
    assert not scripts or fits(elsewhere)
    elsewhere.get_by_role("button", name="Accept: I owe €150.00").click()
    expect(elsewhere.get_by_text("Thank you: it is agreed.")).to_be_visible()

    ticket.refresh_from_db()
    assert ticket.status == Status.APPROVED
    assert mails_sent()[-1].to in ([alice.email], [wren.email])
    elsewhere.goto(link_in_mail("/workshop/status/", alice))
    expect(elsewhere.get_by_text("Our turn: we begin soon")).to_be_visible()
    phone.goto(ticket.get_absolute_url())
    expect(phone.get_by_text("Left to pay in all: €150.00")).to_be_visible()


def test_a_ticket_is_filed_by_keyboard(
    browser: Browser, live_server: Any, alice: User, photos: list[Path]
) -> None:
    page = open_page(browser, live_server.url, **DESKTOP)
    page.goto("/accounts/login/?next=/workshop/tickets/new/")
    page.get_by_label("E-mail address").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("What is it?").focus()
    page.keyboard.type("Music box")
    page.keyboard.press("Tab")
    page.keyboard.type("It has lost a tooth.")
    send = page.get_by_role("button", name="Send the ticket")
    for _ in range(20):
        if send.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your ticket is W")).to_be_visible()
