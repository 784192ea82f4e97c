"""What drafts say of orders and quotes, and which are opened or filled when they were missing."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from invoices.documents.drafts import (
    bill_order,
    bill_quote,
    fill_drafts,
    invoice_of_order,
    lines_of_quote,
    mend_order,
    missing_invoices,
    open_for_ticket,
)
from invoices.models import Invoice
from repairs_restorals.models import Quote, ServiceTicket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.models import Item, Order, OrderLine
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


def test_long_words_are_cut_where_the_paper_ends(clock: Item) -> None:
    order = make_order(clock, discount=6, discount_reason="regular")
    OrderLine.objects.update(title="x" * 200, shipping=5)
    invoice = bill_order(Order.objects.get(pk=order.pk))
    assert [len(line.description) for line in invoice.lines.all()] == [200] * 3

    quote = make_quote(make_ticket())
    quote.lines.update(description="x" * 200, quantity=-1)
    assert [len(line.description) for line in lines_of_quote(quote)] == [200]


def test_what_was_left_out_is_not_billed() -> None:
    order = make_order(make_item(pieces=2))
    OrderLine.objects.filter(pk=order.lines.earliest("pk").pk).update(dropped_at=timezone.now())

    assert bill_order(order).total == Decimal(120)


def test_a_later_version_keeps_where_an_invoice_is_found(alice: User) -> None:
    ticket = make_ticket(alice)
    first = bill_quote(quote=make_quote(ticket, "75.50"), site=SITE)
    Quote.objects.update(state=Quote.State.DECLINED)
    quote = make_quote(ticket, "50.00")
    second = bill_quote(quote=quote)

    assert second.total == Decimal(50)
    assert (second.pk, second.site, second.secret) == (first.pk, SITE, first.secret)
    assert first.secret
    assert bill_quote(quote=quote, site="https://new.example.com").site != SITE


def test_what_is_missing_is_found_oldest_first(alice: User) -> None:
    names = ("Oboe", "Fife")
    made = [ServiceTicket(customer=alice, title=name, description="Loose.") for name in names]
    tickets = ServiceTicket.objects.bulk_create(made)
    orders = [make_order(make_item()) for _ in range(2)]
    make_ticket(alice)
    whole = bill_order(make_order(make_item()))
    empty = Invoice.objects.create(order=make_order(make_item()))

    assert [*missing_invoices()] == [*tickets, *orders, empty.order]
    # Whatever is empty beside it.
    assert mend_order(whole.order_id or 0) is None


def test_drafts_are_filled_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.documents.drafts.FILLED_A_ROUND", 1)
    older, newer = (Invoice.objects.create(order=make_order(make_item())) for _ in range(2))

    assert fill_drafts() == 1
    assert older.lines.exists()
    assert not newer.lines.exists()
    assert fill_drafts() == 1
    assert fill_drafts() == 0


def test_an_order_without_an_invoice_gets_it_when_it_is_asked_for() -> None:
    order = make_order(make_item())

    assert invoice_of_order(order.pk) == Invoice.objects.get(order=order)


def test_a_late_invoice_bills_what_was_accepted(alice: User) -> None:
    ticket = make_ticket(alice)
    for price, state in (("75.50", Quote.State.ACCEPTED), ("99.00", Quote.State.SENT)):
        quote = make_quote(ticket, price)
        Quote.objects.filter(pk=quote.pk).update(state=state)
    Invoice.objects.all().delete()

    opened = open_for_ticket(ticket.pk)

    assert opened
    assert opened.total == Decimal("75.50")
    assert open_for_ticket(ticket.pk) is None
