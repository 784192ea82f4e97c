"""Each link is a power of its own: none leads on to what another one is for."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(alice: User, wren: User) -> Invoice:
    """Of agreed work that asks for a deposit."""
    quote = make_quote(make_ticket(alice), "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    return Invoice.objects.get()


def pages_of_links() -> list[str]:
    ticket = ServiceTicket.objects.get()
    status = reverse("repairs:status", args=[ticket.status_secret])
    return [status, Quote.objects.get().get_absolute_url()]


def test_the_links_of_a_ticket_lead_to_no_invoice(client: Client, invoice: Invoice) -> None:
    for address in pages_of_links():
        page = client.get(address).text
        assert "Deposit due now: €30.00." in page
        assert "Where to pay it stands in our mail about it" in page
        assert str(invoice.secret) not in page
        assert "/invoices/" not in page
    assert Quote.objects.get().secret not in client.get(pages_of_links()[0]).text


def test_its_customer_finds_the_invoice_there(
    client: Client, invoice: Invoice, alice: User
) -> None:
    client.force_login(alice)

    for address in pages_of_links():
        assert invoice.get_absolute_url() in client.get(address).text


def issued(clock: Item, **fields: Any) -> Invoice:
    order = make_order(clock, paid=True, **fields)
    bill_order(order, site=SITE)
    return issue(invoice_id=order.invoice.pk)


def test_the_link_of_an_invoice_leads_to_no_order(client: Client, clock: Item) -> None:
    invoice = issued(clock)
    address = invoice.get_absolute_url()
    assert invoice.order is not None

    assert invoice.order.secret not in client.get(address).text
    for way in ("pay", "paid"):
        answer = client.get(f"{address}{way}/")
        assert answer.headers["Location"] == address


def test_its_customer_finds_the_order_there(client: Client, clock: Item, alice: User) -> None:
    invoice = issued(clock, customer=alice)
    client.force_login(alice)
    assert invoice.order is not None

    assert invoice.order.get_absolute_url() in client.get(invoice.get_absolute_url()).text
