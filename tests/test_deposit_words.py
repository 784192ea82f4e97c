"""What staff and customers read of a deposit, before it is paid and after."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.models import Invoice
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import cash
from repairs_restorals.models import Quote
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.board_steps import page_of, quote_page
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket

pytestmark = pytest.mark.django_db
WORK = 'name="transition-to" value="in_progress"'
REFUSED = "Work begins when the deposit is paid"


def test_it_is_named_when_it_is_agreed_and_when_it_is_paid(
    client: Client, alice: User, wren: User
) -> None:
    client.force_login(wren)
    quote = make_quote(make_ticket(alice), "100.00", deposit=Decimal(30))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    assert "a deposit of €30.00" in client.get(quote_page(quote, "decide")).text
    decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
    quote.ticket.refresh_from_db()
    status = reverse("repairs:status", args=[quote.ticket.link])

    page = client.get(page_of(quote.ticket)).text
    assert (WORK in page, REFUSED in page) == (False, True)
    assert "The deposit is paid." not in client.get(status).text

    record_payment(invoice_id=Invoice.objects.get().pk, received=Received(**cash("30")), actor=wren)

    page = client.get(page_of(quote.ticket)).text
    assert (WORK in page, REFUSED in page) == (True, False)
    assert "The deposit is paid." in client.get(status).text
