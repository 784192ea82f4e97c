"""Whatever the currency: what is stored, shown and charged is one amount, and can be paid."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.conf import settings as shop
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices.card_limits import why_no_card
from invoices.documents.drafts import bill_order
from invoices.documents.pdf.content import content_of
from invoices.models import Invoice, Payment
from invoices.payments import stripe_client
from invoices.payments.card import reconcile, start_payment
from invoices.payments.ledger import Received, record_payment
from invoices.payments.minor_units import from_minor_units, to_minor_units
from money.currency import unit_of
from money.filters import money
from money.typed import read_amount
from repairs_restorals.models import Quote, QuoteLine
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item
from store.tests.factories import make_item, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
numbers = count(1)
currencies = st.sampled_from(["JPY", "KRW", "EUR", "USD", "KWD", "TND"])
ways = st.sampled_from(["card", "cash", "transfer", "terminal"])
# Finer than any currency: they are sold in its unit all the same.
prices = st.decimals("0.001", "99999.999", places=3)
quoted = st.lists(st.tuples(st.decimals("0.01", "99", places=2), prices), min_size=1, max_size=3)
often = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Till:
    """Stripe, as far as it charges what it is told to in its own count."""

    def __init__(self) -> None:
        self.charged: dict[str, Decimal] = {}

    def create_session(self, *, amount: Decimal, currency: str, **_: Any) -> stripe_client.Session:
        session = f"cs_{next(numbers)}"
        self.charged[session] = from_minor_units(to_minor_units(amount, currency), currency)
        return stripe_client.Session(session, "https://pay.example.com", datetime.now(UTC))

    def fetch(self, session: str) -> stripe_client.Facts:
        intent = f"pi_{session}"
        entries = {intent: self.charged[session]}
        return stripe_client.Facts("complete", paid=True, payment_intent=intent, entries=entries)


@pytest.fixture(autouse=True)
def _till(monkeypatch: pytest.MonkeyPatch) -> None:
    till = Till()
    monkeypatch.setattr(stripe_client, "create_session", till.create_session)
    monkeypatch.setattr(stripe_client, "fetch", till.fetch)


def pay(invoice: Invoice, way: str) -> Decimal:
    """Pay what is due now; return what was charged."""
    if way == "card":
        reconcile(start_payment(invoice_id=invoice.pk, site=SITE).attempt)
    else:
        received = Received(invoice.due_now, Payment.Method(way), timezone.localdate())
        record_payment(invoice_id=invoice.pk, received=received, actor=None)
    return invoice.payments.latest("pk").amount


def check_paid(invoice_id: int, way: str) -> None:
    """What is due is whole units, is what people read, and is charged to the unit."""
    invoice = Invoice.objects.get(pk=invoice_id)
    due, currency = invoice.due_now, invoice.currency
    assert due % unit_of(currency) == 0
    assert Invoice.objects.with_balance().get(pk=invoice_id).balance_due == invoice.balance
    shown = money(due, currency)
    assert read_amount(shown, currency=currency) == due
    assert shown in str(content_of(invoice)).replace("\\xa0", "\xa0")
    if due and not (way == "card" and why_no_card(due, currency)):
        assert pay(invoice, way) == due
        assert Invoice.objects.get(pk=invoice_id).due_now == 0


@often
@given(currency=currencies, way=ways, price=prices, shipping=prices)
def test_every_order_can_be_paid_to_the_unit(
    currency: str, way: str, price: Decimal, shipping: Decimal
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop, "CURRENCY", currency)
        item = Item.objects.get(pk=make_item(price=price, shipping=shipping).pk)
        order = make_order(item)
        order.lines.update(shipping=item.shipping)
        check_paid(bill_order(order).pk, way)


@often
@given(currency=currencies, way=ways, lines=quoted, share=st.decimals("0", "100", places=2))
def test_every_deposit_and_rest_can_be_paid_to_the_unit(
    currency: str, way: str, lines: list[tuple[Decimal, Decimal]], share: Decimal
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop, "CURRENCY", currency)
        quote = make_quote(make_ticket(), deposit_share=share)
        quote.lines.all().delete()
        for quantity, price in lines:
            named = {"description": "Work", "tax_rate": Decimal("8.10")}
            QuoteLine.objects.create(quote=quote, quantity=quantity, price=price, **named)
        send_quote(quote_id=quote.pk, actor=quote.ticket.customer, site=SITE)
        decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)
        invoice = Invoice.objects.get(ticket=quote.ticket)
        assert all(tax % unit_of(currency) == 0 for tax in invoice.taxes.values())
        check_paid(invoice.pk, way)
