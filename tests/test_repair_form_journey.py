"""A repair form given and accepted within a cap, and a repair withdrawn after it had begun."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.groups import MANAGERS
from accounts.models import User
from accounts.tests.factories import mails_sent, make_staff
from invoices.documents.drafts import write_lines
from invoices.locking import lock_invoice
from invoices.models import Invoice, InvoiceLine
from repairs_restorals.models import Quote, ServiceTicket, Status, Task
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import make_quote, make_ticket
from tests.conftest import open_page
from tests.test_accessible import look
from tests.test_journey import fits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}
TICKET = "/admin/repairs_restorals/serviceticket"


@pytest.fixture
def boss(db: None) -> User:
    return make_staff("boss@example.com", group=MANAGERS)


def mailed(pattern: str) -> str:
    """The newest link of this kind that a customer has been mailed."""
    found = [match for mail in mails_sent() for match in re.findall(pattern, str(mail.body))]
    return str(found[-1])


def desk(browser: Browser, site: str, staff: User) -> Page:
    client = Client()
    client.force_login(staff)
    return look(browser, site, client, "light")


def test_a_repair_is_withdrawn_after_it_began_and_its_part_is_billed(
    browser: Browser, live_server: Any, alice: User, boss: User
) -> None:
    shop = str(live_server.url)
    quote = make_quote(make_ticket(alice, title="Violin"), "100.00")
    send_quote(quote_id=quote.pk, actor=boss, site=shop)
    via = Quote.Via.LINK
    decide_quote(quote_id=quote.pk, accept=True, via=via, site=shop, begin=True)
    transition_ticket(ticket_id=quote.ticket_id, to=Status.IN_PROGRESS, actor=boss, site=shop)
    for done_at in (quote.ticket.created_at, None):
        Task.objects.create(ticket=quote.ticket, title="Glue", assignee=boss, done_at=done_at)

    phone = open_page(browser, shop, **PHONE)
    phone.goto(mailed(r"Withdraw from contract here: (\S+)"))
    phone.get_by_label("Your name").fill("Alice")
    phone.get_by_label("Where shall the confirmation go?").fill(alice.email)
    phone.locator("main button[type=submit]").click()
    phone.get_by_role("button", name="Confirm withdrawal", exact=True).click()
    expect(phone.get_by_text("you owe the part that was done")).to_be_visible()

    staff = desk(browser, shop, boss)
    staff.goto("/admin/invoices/withdrawal/?open=yes")
    staff.get_by_role("link", name="Alice").click()
    expect(staff.get_by_label("Owed for the part that is done")).to_have_value("50.00")
    staff.get_by_label("Stop the work, and bill what is owed").check()
    staff.get_by_role("button", name="Save", exact=True).click()

    phone.reload()
    expect(phone.get_by_text("For the part that was done you owe €50.00.")).to_be_visible()
    assert fits(phone)
    assert Invoice.objects.get().total == 50
    told = "of €100.00 that were agreed you owe €50.00"
    assert any(told in str(mail.body) for mail in mails_sent())


def test_a_form_is_accepted_and_no_more_than_its_cap_is_billed(
    browser: Browser, live_server: Any, alice: User, boss: User
) -> None:
    site = str(live_server.url)
    ticket = make_ticket(alice, title="Violin", go_ahead_limit=120)
    quote = make_quote(ticket, "100.00")
    staff = desk(browser, site, boss)
    staff.goto(f"{TICKET}/quote/{quote.pk}/preview/")
    staff.get_by_role("link", name="As a repair information form").click()
    staff.get_by_label("Time needed").fill("Three weeks")
    staff.get_by_role("button", name="Save and preview").click()
    staff.get_by_role("button", name="Send to the customer").click()
    expect(staff.get_by_role("heading", name="Quotes and invoice")).to_be_visible()

    phone = open_page(browser, site, **PHONE)
    phone.goto(mailed(r"Look at the quote: (\S+)"))
    phone.get_by_role("link", name="read the form").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("European Repair Information Form")
    expect(phone.get_by_text("The repairer is bound to this form until")).to_be_visible()
    assert fits(phone)
    pdf = phone.get_by_role("link", name="Keep it as PDF").get_attribute("href") or ""
    assert phone.request.get(pdf).body().startswith(b"%PDF")
    phone.get_by_role("link", name="Answer the quote").click()
    phone.get_by_role("button", name=re.compile("Accept: I owe €100.00")).click()
    expect(phone.get_by_text("Thank you: it is agreed.")).to_be_visible()

    with transaction.atomic():
        invoice = lock_invoice(Invoice.objects.get().pk)
        write_lines(invoice, [InvoiceLine(description="Work", price=130, tax_rate=19)])
    ServiceTicket.objects.update(status=Status.READY)
    staff.goto(f"/admin/invoices/invoice/{invoice.pk}/change/")
    staff.locator("summary", has_text="Issue it now").click()
    staff.get_by_role("button", name="Issue it now").click()
    expect(staff.get_by_text("more than the €120.00 that the customer has allowed")).to_be_visible()
    assert Invoice.objects.get().is_draft
