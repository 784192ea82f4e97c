"""Two people act on one thing at once: what was agreed or paid stands, and the other is told."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_user
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import bill_order, bill_quote
from invoices.documents.issuing import issue
from invoices.exceptions import NothingToPay
from invoices.models import Invoice, InvoiceLine, Payment
from invoices.orders.transitions import cancel_order, transition_and_notify
from invoices.payments.actions import credit_and_refund, refund_by_hand
from invoices.payments.ledger import Received, record_payment
from repairs_restorals.exceptions import AgreedMeanwhile, QuoteNotOpen, TicketClosed
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Quote, ServiceTicket, Status, TicketMessage
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import transition, write_message
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.exceptions import TransitionNotAllowed, VersionChanged
from store.models import Order, OrderStage
from store.tests.factories import make_item, make_order
from tests.crowd import at_once

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
State, Transition = Quote.State, Order.Transition


def two_versions() -> tuple[Quote, Quote]:
    """€120, which the customer is asked about, and a draft of €99 that staff have looked at."""
    ticket = make_ticket(make_user())
    first = send_quote(quote_id=make_quote(ticket, "120.00").pk, actor=ticket.customer, site=SITE)
    return first, make_quote(ticket, "99.00")


def accept(quote: Quote) -> Quote:
    return decide_quote(quote_id=quote.pk, accept=True, via=Quote.Via.LINK, site=SITE)


def send(quote: Quote) -> Quote:
    return send_quote(quote_id=quote.pk, actor=quote.ticket.customer, site=SITE)


def agreed_and_asked(send: Callable[[Quote], Any]) -> tuple[str, list[Any]]:
    """Let the customer accept the first while staff send the second; the ticket's status."""
    first, second = two_versions()
    ends = at_once([partial(accept, first), partial(send, second)])
    ticket = ServiceTicket.objects.get()
    if ends[0] is not None and not isinstance(ends[0], Exception):
        assert Invoice.objects.get(ticket=ticket).total == 120
    return ticket.status, ends


@pytest.mark.parametrize("turn", range(4))
def test_what_the_customer_has_just_accepted_is_not_quoted_away(turn: int) -> None:
    status, (accepted, sent) = agreed_and_asked(send)

    if isinstance(accepted, QuoteNotOpen):
        # Staff were first: the customer is told, and has agreed to nothing.
        assert (status, isinstance(sent, Quote)) == (Status.QUOTED, True)
    else:
        assert (status, type(sent)) == (Status.APPROVED, AgreedMeanwhile)
        assert "has accepted version 1, €120.00" in sent.sentence


def send_after_looking(quote: Quote, looked: Barrier) -> None:
    looked.wait(timeout=60)
    while not Quote.objects.filter(ticket=quote.ticket, state=State.ACCEPTED).exists():
        pass
    transition(ServiceTicket.objects.get(pk=quote.ticket_id), Status.QUOTED, actor=None)
    Quote.objects.filter(pk=quote.pk).update(state=State.SENT)


def test_control_who_sends_without_asking_what_is_agreed_quotes_it_away() -> None:
    status, _ends = agreed_and_asked(partial(send_after_looking, looked=Barrier(1)))

    assert status == Status.QUOTED


def order_of_a_clock(*, paid: bool) -> Invoice:
    invoice = bill_order(make_order(make_item(), delivery="ship", payment_method="transfer"))
    if paid:
        pay(invoice)
    return Invoice.objects.get(pk=invoice.pk)


def pay(invoice: Invoice) -> Payment:
    received = Received(Decimal(120), Payment.Method.TRANSFER, timezone.localdate())
    return record_payment(invoice_id=invoice.pk, received=received, actor=None)


def move(invoice: Invoice, which: Order.Transition) -> Order:
    return transition_and_notify(
        order_id=invoice.order_id or 0, transition=which, actor=None, site=SITE
    )


@pytest.mark.parametrize("turn", range(3))
def test_what_is_credited_is_not_sent_at_the_same_time(turn: int) -> None:
    invoice = order_of_a_clock(paid=True)

    _note, sent = at_once(
        [
            partial(credit, invoice_id=invoice.pk, reason="Broken", actor=None),
            partial(move, invoice, Transition.SHIP),
        ]
    )

    order = Order.objects.get()
    assert order.stage == OrderStage.TAKEN_BACK
    # Staff who were too late are told; who were first have sent it before.
    assert isinstance(sent, TransitionNotAllowed) == (order.state == Order.State.OPEN)


def test_control_a_credit_note_that_lets_the_order_be_stops_no_parcel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("invoices.documents.credit_notes.follow_money", lambda *_: None)
    invoice = order_of_a_clock(paid=True)
    credit(invoice_id=invoice.pk, reason="Broken", actor=None)

    assert move(invoice, Transition.SHIP).stage == OrderStage.SHIPPED


@pytest.mark.parametrize("turn", range(3))
def test_an_order_is_paid_or_cancelled(turn: int) -> None:
    invoice = order_of_a_clock(paid=False)

    paid, cancelled = at_once(
        [partial(pay, invoice), partial(cancel_order, order_id=invoice.order_id or 0, actor=None)]
    )

    order, invoice = Order.objects.get(), Invoice.objects.get(pk=invoice.pk)
    assert isinstance(paid, Payment)
    if isinstance(cancelled, TransitionNotAllowed):
        assert (order.stage, invoice.balance) == (OrderStage.SENDING, Decimal(0))
    else:
        # What came in goes back: the list of money without goods has it.
        assert (order.stage, invoice.overpaid) == (OrderStage.CANCELLED, Decimal(120))
        assert Invoice.objects.money_without_goods().get() == invoice


def look_then_cancel(order_id: int, looked: Barrier) -> None:
    unpaid = Order.objects.get(pk=order_id).paid_at is None
    looked.wait(timeout=60)
    while not Order.objects.get(pk=order_id).paid_at:
        pass
    if unpaid:
        Order.objects.filter(pk=order_id).update(state=Order.State.CANCELLED, paid_at=None)


def look_then_pay(invoice: Invoice, looked: Barrier) -> Payment:
    looked.wait(timeout=60)
    return pay(invoice)


def test_control_who_looks_and_then_cancels_ends_what_is_paid() -> None:
    invoice, looked = order_of_a_clock(paid=False), Barrier(2)

    at_once(
        [
            partial(look_then_pay, invoice, looked),
            partial(look_then_cancel, invoice.order_id or 0, looked),
        ]
    )

    # Sold, and of an order that is none.
    assert Order.objects.filter(state=Order.State.CANCELLED, pieces__sold_at__isnull=False)


def billed_and_asked_again() -> tuple[Invoice, Quote]:
    """A draft of €120, and an accepted version of €99 that is to be written into it."""
    ticket = make_ticket(make_user())
    first = make_quote(ticket, "120.00")
    Quote.objects.filter(pk=first.pk).update(state=State.ACCEPTED)
    return bill_quote(quote=first), make_quote(ticket, "99.00")


@pytest.mark.parametrize("turn", range(3))
def test_an_invoice_is_issued_with_the_lines_it_had_then(turn: int) -> None:
    draft, second = billed_and_asked_again()

    ends = at_once([partial(issue, invoice_id=draft.pk), partial(bill_quote, quote=second)])

    invoice = Invoice.objects.get()
    assert not [end for end in ends if isinstance(end, Exception)]
    assert invoice.number
    assert invoice.total == sum(line.total for line in invoice.lines.all())
    assert invoice.total in {Decimal(120), Decimal(99)}


def test_control_the_database_refuses_who_looks_and_then_edits() -> None:
    draft, _second = billed_and_asked_again()
    assert Invoice.objects.get().is_draft
    issue(invoice_id=draft.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceLine.objects.filter(invoice=draft).delete()


def refund_or_credit(invoice: Invoice, sam: User, version: str) -> list[Any]:
    """One gives the money back while another takes the invoice back."""
    received = Received(Decimal(120), Payment.Method.CASH, timezone.localdate())
    asked: dict[str, Any] = {"invoice_id": invoice.pk, "version": version, "actor": sam}
    back = partial(refund_by_hand, **asked, received=received, again=True)
    return at_once(
        [back, partial(credit_and_refund, **asked, parts=None, reason="Broken", to_card=False)]
    )


@pytest.mark.parametrize("turn", range(3))
def test_of_refund_and_credit_at_once_the_second_looks_again(turn: int, sam: User) -> None:
    invoice = order_of_a_clock(paid=True)

    ends = refund_or_credit(invoice, sam, invoice.version)

    assert [type(end) for end in ends if isinstance(end, Exception)] == [VersionChanged]
    assert abs(Invoice.objects.get(pk=invoice.pk).balance) == 120


def test_control_without_the_version_both_go_through(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("invoices.payments.actions", "invoices.locking"):
        monkeypatch.setattr(f"{module}.check_version", lambda *_, **__: None)
    invoice = order_of_a_clock(paid=True)

    ends = refund_or_credit(invoice, sam, invoice.version)

    assert not [end for end in ends if isinstance(end, Exception)]


@pytest.mark.parametrize("turn", range(3))
def test_nothing_that_is_written_during_a_merge_is_lost(turn: int) -> None:
    alice = make_user()
    kept, other = make_ticket(alice), make_ticket(alice)
    client = Client()
    client.force_login(alice)
    address = reverse("repairs:message", args=[other.pk])

    answer, _merged = at_once(
        [
            partial(client.post, address, {"body": "It hums, too."}),
            partial(merge_tickets, into=kept.pk, others=[other.pk], actor=alice, site=SITE),
        ]
    )

    assert answer.status_code == 302
    assert TicketMessage.objects.get(body="It hums, too.").ticket == kept


def test_control_the_service_alone_refuses_what_is_written_to_a_merged_ticket() -> None:
    alice = make_user()
    kept, other = make_ticket(alice), make_ticket(alice)
    merge_tickets(into=kept.pk, others=[other.pk], actor=alice, site=SITE)

    with pytest.raises(TicketClosed):
        write_message(ticket_id=other.pk, author=alice, body="It hums, too.", site=SITE)


@pytest.mark.parametrize("turn", range(3))
def test_two_who_credit_at_once_take_back_once(turn: int) -> None:
    invoice = order_of_a_clock(paid=True)

    ends = at_once([partial(credit, invoice_id=invoice.pk, reason="Broken", actor=None)] * 3)

    assert [type(end) for end in ends if isinstance(end, Exception)] == [NothingToPay] * 2
    assert Invoice.objects.get(pk=invoice.pk).balance == -120


def preview(quote: Quote) -> str:
    return reverse("admin:repairs_restorals_serviceticket_quote_preview", args=[quote.pk])


def test_staff_are_told_what_was_agreed_and_may_offer_again(client: Client, wren: User) -> None:
    first, second = two_versions()
    client.force_login(wren)
    version = client.get(preview(second)).context["form"]["version"].value()
    accept(first)

    answer = client.post(preview(second), {"version": version}, follow=True)

    ticket = ServiceTicket.objects.get()
    assert "has accepted version 1, €120.00, and that stands" in answer.content.decode()
    assert (ticket.status, Invoice.objects.get().total) == (Status.APPROVED, Decimal(120))

    page = client.get(preview(second))
    assert "Version 1, €120.00, is agreed" in page.content.decode()
    client.post(preview(second), {"version": page.context["form"]["version"].value()})
    ticket.refresh_from_db()
    assert (ticket.status, Invoice.objects.get().total) == (Status.QUOTED, Decimal(120))


def test_who_declines_another_offer_keeps_what_was_agreed(client: Client, wren: User) -> None:
    first, second = two_versions()
    accept(first)
    client.force_login(wren)
    version = client.get(preview(second)).context["form"]["version"].value()
    client.post(preview(second), {"version": version})

    decide_quote(quote_id=second.pk, accept=False, via=Quote.Via.LINK, site=SITE)

    ticket = ServiceTicket.objects.get()
    assert (ticket.status, Invoice.objects.get().total) == (Status.APPROVED, Decimal(120))
