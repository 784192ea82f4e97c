"""Links age when all is over, name what they led to, and are not kept in the database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Payment
from invoices.tests.admin_steps import cash
from invoices.withdrawals.contracts import contract_of_link, link_from_order
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import send_quote
from repairs_restorals.services import renew_status_link
from repairs_restorals.tests.factories import SITE, make_photo, make_quote, make_ticket
from repairshop import aged_links
from repairshop.aged_links import hide_links
from repairshop.timer import JOBS
from store.models import Item, Order
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db
POWERS = ["order", "invoice", "quote", "status"]
YEARS = timedelta(days=1200)


@pytest.fixture
def rows(clock: Item, alice: User, wren: User) -> dict[str, Any]:
    """A row of each power, all over since 1,200 days."""
    now = timezone.now()
    order = make_order(clock, paid=True, state=Order.State.COLLECTED, email="ann@example.com")
    bill_order(order, site=SITE)
    invoice = issue(invoice_id=order.invoice.pk)
    Payment.objects.create(invoice=invoice, **cash("120"))
    ticket = make_ticket(alice, status="assessing")
    make_photo(ticket)
    quote = send_quote(quote_id=make_quote(ticket).pk, actor=wren, site=SITE)
    Quote.objects.update(sent_at=now - YEARS)
    then = {"created_at": now - YEARS, "touched_at": now - YEARS}
    ServiceTicket.objects.update(status="collected", **then)
    Order.objects.update(placed_at=now - YEARS)
    return {"order": order, "invoice": invoice, "quote": quote, "status": ticket}


def first_link(rows: dict[str, Any], power: str) -> str:
    """The address that the first mail had."""
    row = rows[power]
    nonce = getattr(row, row.NONCE)
    name = {"order": "store:order", "quote": "repairs:quote", "status": "repairs:status"}
    return reverse(name.get(power, "invoices:invoice"), args=[nonce])


def refresh(rows: dict[str, Any]) -> None:
    for row in rows.values():
        row.refresh_from_db()


@pytest.fixture
def aged(rows: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """An invoice cannot be made older than it is: time is made short for it."""
    settings.LINK_DAYS, settings.GUARANTEE_DAYS = -1, -1
    return rows


@pytest.mark.parametrize("power", POWERS)
def test_an_aged_link_names_the_state_and_mails_a_new_one(
    client: Client, aged: dict[str, Any], settings: Settings, power: str
) -> None:
    answer = client.get(first_link(aged, power), follow=True)
    assert "This link is too old" in answer.text
    assert aged[power].reference in answer.text
    for word in ("Glue the neck", "ann@example.com", "alice@example.com", "Mantel clock"):
        assert word not in answer.text

    client.post(answer.request["PATH_INFO"])
    mail = mails_sent()[-1]
    assert mail.to == [aged[power].link_owner.email]
    found = re.search(r"http://testserver(/\S+)", str(mail.body))
    assert found
    settings.LINK_DAYS = 0
    assert client.get(found[1]).status_code == 200
    assert first_link(aged, power) != found[1]


@pytest.mark.parametrize("power", ["order", "quote", "status"])
def test_age_is_counted_in_days_as_set(
    client: Client, rows: dict[str, Any], settings: Settings, power: str
) -> None:
    address = first_link(rows, power)
    assert client.get(address).status_code == 302

    settings.LINK_DAYS = 1201
    assert client.get(address).status_code == 200
    settings.LINK_DAYS, settings.GUARANTEE_DAYS = 365, 1201
    assert client.get(address).status_code == 200


def test_none_ages_while_something_is_to_be_done(client: Client, rows: dict[str, Any]) -> None:
    ServiceTicket.objects.update(status="ready")
    Order.objects.update(state="open", delivery="ship")

    for power in ("order", "quote", "status"):
        assert client.get(first_link(rows, power)).status_code == 200


def test_whoever_it_belongs_to_is_let_in(client: Client, aged: dict[str, Any], alice: User) -> None:
    Order.objects.update(customer=alice)
    client.force_login(alice)

    for power in POWERS:
        assert client.get(first_link(aged, power)).status_code == 200


def test_an_aged_link_opens_nothing_else(client: Client, aged: dict[str, Any]) -> None:
    photo = aged["status"].images.get()
    order, invoice = first_link(aged, "order"), first_link(aged, "invoice")
    status = first_link(aged, "status")
    pages = [f"{order}cancel/", f"{order}pay-otherwise/", f"{invoice}pdf/", f"{invoice}paid/"]

    for page in [*pages, f"{status}photos/{photo.pk}/large.jpg", f"{status}photos/{photo.pk}/"]:
        assert client.get(page).headers["Location"].startswith("/links/"), page
    for page in (f"{invoice}pay/", f"{order}cancel/", first_link(aged, "quote")):
        assert client.post(page).headers["Location"].startswith("/links/"), page


def test_a_new_link_is_mailed_only_so_often(client: Client, aged: dict[str, Any]) -> None:
    page = reverse("aged-link", args=["order", aged["order"].secret])

    assert [client.post(page).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert client.get("/links/bag/x/").status_code == 404
    assert client.get("/links/order/guess/").status_code == 404


@pytest.fixture
def _released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aged_links, "release_stands", lambda: True)


@pytest.mark.usefixtures("_released")
@pytest.mark.parametrize("power", ["order", "quote", "status"])
def test_the_database_keeps_no_link(
    client: Client, rows: dict[str, Any], settings: Settings, power: str
) -> None:
    settings.LINK_DAYS = 2000
    first, withdraw = first_link(rows, power), link_from_order(rows["order"])
    assert hide_links() == 3
    assert hide_links() == 0
    refresh(rows)

    row = rows[power]
    kept = [str(value) for value in type(row)._base_manager.values().get().values()]
    assert client.get(first).status_code == 200
    assert client.get(row.link_address).status_code == 200
    assert first.split("/")[-2] not in kept
    assert row.link_address.split("/")[-2] not in kept
    assert contract_of_link(withdraw).order == rows["order"]
    # What the database holds is no link.
    assert client.get(first_link(rows, power)).status_code == 404


@pytest.mark.usefixtures("_released")
def test_a_revoked_link_is_none_any_more(
    client: Client, rows: dict[str, Any], alice: User, settings: Settings
) -> None:
    settings.LINK_DAYS = 2000
    first = first_link(rows, "status")
    hide_links()
    refresh(rows)
    later = rows["status"].link_address
    assert client.get(later).status_code == 200

    for revoke in (True, False):
        ticket = renew_status_link(ticket_id=rows["status"].pk, actor=alice, revoke=revoke)
        assert [client.get(address).status_code for address in (first, later)] == [404, 404]
    assert client.get(ticket.link_address).status_code == 200


def test_links_of_today_stay_as_the_release_before_knows_them(
    rows: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hide_links() == 0
    monkeypatch.setattr(aged_links, "release_stands", lambda: True)
    Order.objects.update(placed_at=timezone.now())

    assert hide_links() == 2
    assert Order.objects.get().first_link is None
    assert hide_links in JOBS
