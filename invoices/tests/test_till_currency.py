"""A shop whose currency was changed while a repair was not paid: the till adds up one currency."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from invoices.counter.selling import sell
from invoices.exceptions import SummaryChanged
from invoices.models import Invoice, Payment
from invoices.tests.admin_steps import send as send_paper
from invoices.tests.test_destination_taxes import flat
from invoices.tests.test_till import CASH, TILL, agreed_ticket, piece_of, sale_of, send
from repairs_restorals.tests.factories import SITE
from store.models import Item, Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(alice: User, settings: Settings) -> Invoice:
    """Asks for €20.00 in a shop that takes francs by now."""
    invoice = agreed_ticket(alice).invoice
    settings.CURRENCY = "CHF"
    return invoice


@pytest.fixture
def till(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def test_the_till_leads_to_the_page_of_what_is_in_another_currency(
    till: Client, clock: Item, bill: Invoice
) -> None:
    page = till.get(TILL, {"piece": piece_of(clock).pk, "ticket": bill.pk}).text

    assert f"The till cannot take €20.00 for “{bill.subject_name}”" in page
    own = reverse("admin:invoices_invoice_change", args=[bill.pk])
    assert f'<a href="{own}">' in page
    assert "To pay CHF120.00" in flat(page)
    send_paper(till, bill, "payment", amount="20", method="cash")
    assert Payment.objects.get().currency == "EUR"


def test_what_is_found_in_another_currency_is_not_offered(till: Client, bill: Invoice) -> None:
    found = till.get(TILL, {"q": f"W{bill.ticket_id}"}).text

    assert "The till cannot take €20.00" in found
    assert f"ticket={bill.pk}" not in found
    assert "no ticket with something to pay" not in found
    ticket = till.get(f"/admin/repairs_restorals/serviceticket/{bill.ticket_id}/change/").text
    assert "at the till" not in ticket


def test_a_page_from_before_the_change_takes_nothing(
    till: Client, clock: Item, bill: Invoice
) -> None:
    page = send(till, clock, ticket=str(bill.pk), shown="140").text

    assert "please check the new total" in page
    assert not Payment.objects.exists()
    send(till, clock, ticket=str(bill.pk))
    assert Payment.objects.get().amount == 120
    assert Order.objects.get().paid_at


def test_nor_is_it_sold_past_the_page(clock: Item, bill: Invoice, sam: User) -> None:
    total = clock.price + Decimal(20)

    with pytest.raises(SummaryChanged):
        sell(
            sale_of(clock, invoices=[bill.pk], total=total, money=[(CASH, total)]),
            actor=sam,
            site=SITE,
        )
