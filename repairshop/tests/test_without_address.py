"""A customer without an e-mail address, from the counter to the last receipt, on every page."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_staff
from invoices.models import Invoice
from mail.models import Mail
from repairs_restorals.intake import take_in
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition_ticket, write_message
from repairs_restorals.tests.factories import SITE, make_quote
from repairshop.timer import JOBS

pytestmark = pytest.mark.django_db
# What a page looks like that has an address where there is none.
HOLES = re.compile(
    r'mailto:"|[>(,]\s*None\s*[<),]|Walt Inn \(\)|Walt Inn, *(?:<|$)|goes to \.', re.MULTILINE
)


@pytest.fixture
def boss(client: Client) -> User:
    boss = make_staff("root@example.com", group="Managers")
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    client.force_login(boss)
    return boss


def walk_in(actor: User) -> ServiceTicket:
    ticket = ServiceTicket(title="Clarinet", description="A key sticks.", go_ahead_limit=100)
    person: dict[str, Any] = {"name": "Walt Inn", "phone": "030 555777", "email": ""}
    return take_in(ticket=ticket, actor=actor, site=SITE, photos=(), **person)


@pytest.fixture
def ticket(boss: User) -> ServiceTicket:
    """Taken in, offered, agreed on the phone, made ready: its invoice is issued."""
    ticket = walk_in(boss)
    known: dict[str, Any] = {"ticket_id": ticket.pk, "site": SITE}
    write_message(**known, author=boss, body="We look at it.", from_workshop=True)
    offer = send_quote(quote_id=make_quote(ticket, "75.50").pk, actor=boss, site=SITE)
    decide_quote(quote_id=offer.pk, accept=True, via=Quote.Via.STAFF, actor=boss, site=SITE)
    for status in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(**known, to=status, actor=boss, note="Call us.")
    return ServiceTicket.objects.get(pk=ticket.pk)


def pages_about(ticket: ServiceTicket) -> Iterator[str]:
    """Everything that shows a ticket, or whoever has brought it."""
    invoice = Invoice.objects.get(ticket=ticket)
    names = ["serviceticket_changelist", "serviceticket_add", "task_changelist"]
    yield from (reverse(f"admin:repairs_restorals_{name}") for name in names)
    for name in ("change", "label", "receipt", "papers", "thing"):
        yield reverse(f"admin:repairs_restorals_serviceticket_{name}", args=[ticket.pk])
    for name in ("change", "history"):
        yield reverse(f"admin:accounts_user_{name}", args=[ticket.customer_id])
    yield from (reverse(f"admin:{name}") for name in ("index", "accounts_user_changelist"))
    yield reverse("admin:accounts_securitylogentry_changelist")
    yield reverse("admin:invoices_invoice_changelist")
    yield reverse("admin:invoices_invoice_change", args=[invoice.pk])
    for asked in ("Walt", "+49 30 555777", ticket.reference):
        yield reverse("admin:search") + f"?q={asked}".replace("+", "%2B").replace(" ", "+")
        yield reverse("admin:repairs_restorals_serviceticket_changelist") + f"?q={asked[-6:]}"
    yield reverse("repairs:status", args=[ticket.link])
    yield from (quote.get_absolute_url() for quote in ticket.quotes.all())
    yield reverse("repairs:quote", args=[ticket.quotes.get().link])
    for name in ("invoice", "pdf"):
        yield reverse(f"invoices:{name}", args=[invoice.link])


def test_every_page_copes_and_promises_no_mail(client: Client, ticket: ServiceTicket) -> None:
    for address in pages_about(ticket):
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.headers["Content-Type"].startswith("text/html"):
            assert not HOLES.search(answer.text), (address, HOLES.search(answer.text))


def test_whoever_has_the_link_reads_of_no_mail(client: Client, ticket: ServiceTicket) -> None:
    client.logout()
    page = client.get(reverse("repairs:status", args=[ticket.link])).text
    assert "You can pay it at the shop." in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"\be?-?mails?\b", re.sub(r"<[^>]+>", "", main), re.IGNORECASE)


def test_nothing_was_mailed_to_nobody(ticket: ServiceTicket, boss: User) -> None:
    for job in JOBS:
        job()

    assert ticket.customer.email == ""
    told = Mail.objects.exclude(event__endswith="_workshop").exclude(event__endswith="_shop")
    assert not told.exists()
    assert not Mail.objects.filter(to="").exists()
    assert ticket.quotes.get().withdrawal_told_at is None


def test_an_old_link_is_mailed_to_nobody(client: Client, boss: User) -> None:
    ticket = walk_in(boss)
    long_ago = timezone.now() - timedelta(days=5000)
    ServiceTicket.objects.filter(pk=ticket.pk).update(
        created_at=long_ago, touched_at=long_ago, status=Status.CANCELLED
    )
    client.logout()
    page = client.get(reverse("repairs:status", args=[ticket.status_secret]), follow=True)

    assert "we have no e-mail address for it" in page.text
    assert "Mail a new link" not in page.text
    assert client.post(page.redirect_chain[-1][0]).status_code == 200
    assert not Mail.objects.filter(event="accounts.new_link").exists()


def test_the_accountants_files_name_whoever_pays(client: Client, ticket: ServiceTicket) -> None:
    today = timezone.localdate().isoformat()
    asked = {"start": today, "end": today, "file": "invoices"}
    answer: Any = client.get(reverse("admin:invoices_export"), asked)

    assert b"Walt Inn" in b"".join(answer.streaming_content)
