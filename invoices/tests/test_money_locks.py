"""Whoever moves money locks what it is for, in a transaction of its own."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from invoices.documents.drafts import bill_quote, mend_order, open_for_order, open_for_ticket
from invoices.documents.issuing import issue
from invoices.models import Invoice, InvoiceLine, PaymentAttempt, Refund
from invoices.payments.card import reconcile, start_payment
from invoices.payments.ledger import record_payment, record_refund
from invoices.payments.refunds import ask_refund, fail_refund
from invoices.tests.card_steps import PRICE, SITE, received
from invoices.tests.fake_stripe import FakeStripe
from repairs_restorals.tests.factories import make_quote, make_ticket
from store.models import Item
from store.tests.factories import make_order

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def locked(queries: CaptureQueriesContext) -> set[str]:
    """The tables of which rows were locked."""
    asked = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    return {sql.split('FROM "')[1].split('"')[0] for sql in asked}


def test_a_payment_by_card(invoice: Invoice, stripe: FakeStripe) -> None:
    """PostgreSQL refuses a lock outside of a transaction, and SQLite knows none."""
    with CaptureQueriesContext(connection) as queries:
        attempt = start_payment(invoice_id=invoice.pk, site=SITE).attempt
    assert {"store_order", "invoices_invoice"} <= locked(queries)

    attempt.refresh_from_db()
    stripe.pay(attempt.session_id, "pi_1", pi_1=PRICE)
    with CaptureQueriesContext(connection) as queries:
        reconcile(attempt)
    assert {"store_order", "invoices_invoice", "invoices_paymentattempt"} <= locked(queries)


def test_money_back_to_the_card(paid: PaymentAttempt) -> None:
    with CaptureQueriesContext(connection) as queries:
        refund = ask_refund(attempt_id=paid.pk, amount=PRICE, reason="", actor=None)
    assert {"store_order", "invoices_invoice", "invoices_paymentattempt"} <= locked(queries)

    # Two statements, of which a mail must not be without the other.
    fail_refund(refund)
    assert Refund.objects.get().state == Refund.State.FAILED


def test_money_by_hand(invoice: Invoice, stripe: FakeStripe) -> None:
    with CaptureQueriesContext(connection) as queries:
        record_payment(invoice_id=invoice.pk, received=received(), actor=None)
    assert {"store_order", "invoices_invoice"} <= locked(queries)

    with CaptureQueriesContext(connection) as queries:
        record_refund(invoice_id=invoice.pk, received=received("20"), actor=None)
    assert {"store_order", "invoices_invoice"} <= locked(queries)
    assert Invoice.objects.get().paid == Decimal(100)


def test_a_number(invoice: Invoice) -> None:
    with CaptureQueriesContext(connection) as queries:
        issue(invoice_id=invoice.pk)

    assert {"store_order", "invoices_invoice", "invoices_numberseries"} <= locked(queries)


def test_a_draft_that_is_opened_later(clock: Item, alice: User) -> None:
    order = make_order(clock)
    with CaptureQueriesContext(connection) as queries:
        assert open_for_order(order.pk)
    assert "store_order" in locked(queries)

    InvoiceLine.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        assert mend_order(order.pk)
    assert {"store_order", "invoices_invoice"} <= locked(queries)

    quote = make_quote(make_ticket(alice))
    with CaptureQueriesContext(connection) as queries:
        bill_quote(quote=quote)
    # Before it is seen to be a draft: to write one locks it, too.
    assert "FOR UPDATE" in next(sql for query in queries if "invoices_" in (sql := query["sql"]))
    Invoice.objects.filter(ticket=quote.ticket).delete()
    with CaptureQueriesContext(connection) as queries:
        assert open_for_ticket(quote.ticket_id)
    assert "repairs_restorals_serviceticket" in locked(queries)
