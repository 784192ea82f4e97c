"""Many processes save one ticket, file it, repair its books or decide its quote at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from functools import partial
from itertools import cycle, islice
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.tests.factories import make_user
from invoices.documents.drafts import COPIED, bill_quote, open_missing_invoices
from invoices.models import Invoice, InvoiceLine
from repairs_restorals.exceptions import QuoteFrozen, QuoteNotOpen
from repairs_restorals.merging import merge_tickets
from repairs_restorals.models import Quote, ServiceTicket, Status, TicketEvent
from repairs_restorals.quote_services import decide_quote, send_quote
from repairs_restorals.services import cancel_ticket, file_ticket
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket
from store.exceptions import TransitionNotAllowed
from tests.crowd import at_once, attempt

pytestmark = [pytest.mark.on_both, pytest.mark.django_db(transaction=True)]
Kind = TicketEvent.Kind
LINK, ACCOUNT = Quote.Via.LINK, Quote.Via.ACCOUNT


def new_ticket(customer: User, **fields: Any) -> ServiceTicket:
    return ServiceTicket(
        customer=customer, title="Violin", description="The neck is loose.", **fields
    )


def failures(ends: list[Any]) -> list[Exception]:
    return [end for end in ends if isinstance(end, Exception)]


def sent_quote(*prices: str) -> Quote:
    quote = make_quote(make_ticket(), *prices)
    return send_quote(quote_id=quote.pk, actor=quote.ticket.customer, site=SITE)


def test_fifty_saves_of_one_ticket_open_one_invoice() -> None:
    ticket = make_ticket()

    ends = at_once([ServiceTicket.objects.get(pk=ticket.pk).save] * 50)

    assert failures(ends) == []
    assert Invoice.objects.get().ticket == ticket


def test_two_processes_that_save_the_same_new_ticket_open_one_invoice() -> None:
    alice = make_user()

    at_once([new_ticket(alice, pk=7, idempotency_key="once").save for _ in range(2)])

    assert ServiceTicket.objects.get().invoice == Invoice.objects.get()


def test_one_form_sent_twenty_times_files_one_ticket() -> None:
    alice = make_user()
    tickets = [new_ticket(alice, idempotency_key="once") for _ in range(20)]

    ends = at_once([partial(file_ticket, ticket=ticket, site=SITE) for ticket in tickets])

    ticket = ServiceTicket.objects.get()
    assert {end.pk for end in ends if isinstance(end, ServiceTicket)} == {ticket.pk}
    assert failures(ends) == []
    assert Invoice.objects.get().ticket == ticket
    assert ticket.events.count() == 1


def test_two_repairs_at_once_open_each_invoice_once() -> None:
    alice = make_user()
    tickets = ServiceTicket.objects.bulk_create([new_ticket(alice) for _ in range(30)])

    ends = at_once([lambda: [*open_missing_invoices()]] * 4)

    assert failures(ends) == []
    assert sum(map(len, ends)) == Invoice.objects.count() == len(tickets)


def look_then_open(ticket: ServiceTicket, looked: Barrier) -> None:
    missing = not Invoice.objects.filter(ticket=ticket).exists()
    looked.wait(timeout=60)
    if missing:
        Invoice.objects.create(ticket=ticket)


def test_control_looking_before_opening_fails() -> None:
    [ticket] = ServiceTicket.objects.bulk_create([new_ticket(make_user())])

    ends = at_once([partial(look_then_open, ticket, Barrier(4))] * 4)

    assert [type(end) for end in failures(ends)] == [IntegrityError] * 3


def decide(quote: Quote, *, accept: bool) -> Quote:
    via = LINK if accept else ACCOUNT
    return decide_quote(quote_id=quote.pk, accept=accept, via=via, site=SITE)


def check_then_decide(quote: Quote, *, accept: bool, looked: Barrier) -> Quote:
    found = Quote.objects.get(pk=quote.pk)
    is_open = found.is_open
    looked.wait(timeout=60)
    if not is_open:
        raise QuoteNotOpen(found)
    state = Quote.State.ACCEPTED if accept else Quote.State.DECLINED
    Quote.objects.filter(pk=quote.pk).update(state=state)
    return found


def decisions(quote: Quote, decide: Callable[..., Quote]) -> int:
    """How many of nine people who decide a quote at once are told that theirs counts."""
    answers = islice(cycle([True, True, False]), 9)
    ends = at_once([partial(decide, quote, accept=answer) for answer in answers])
    assert [end for end in failures(ends) if not isinstance(end, QuoteNotOpen)] == []
    return len([end for end in ends if isinstance(end, Quote)])


def test_nine_who_decide_at_once_make_one_decision() -> None:
    quote = sent_quote("75.50", "10.00")

    assert decisions(quote, decide) == 1

    quote.refresh_from_db()
    accepted = quote.state == Quote.State.ACCEPTED
    assert quote.ticket.status == (Status.APPROVED if accepted else Status.DECLINED)
    assert InvoiceLine.objects.count() == (2 if accepted else 0)
    kinds = [Kind.ACCEPTED, Kind.DECLINED]
    assert TicketEvent.objects.filter(kind__in=kinds).count() == 1


def test_control_without_the_lock_many_decide() -> None:
    # When this fails, the test above has stopped proving anything.
    assert decisions(sent_quote(), partial(check_then_decide, looked=Barrier(9))) > 1


def test_two_clicks_accept_once_with_one_set_of_lines() -> None:
    quote = sent_quote("75.50", "10.00")

    ends = at_once([partial(decide, quote, accept=True)] * 6)

    assert len([end for end in ends if isinstance(end, Quote)]) == 1
    assert Invoice.objects.get().total == Decimal("85.50")
    assert InvoiceLine.objects.count() == 2


def test_what_is_billed_twice_at_once_is_billed_once() -> None:
    quote = sent_quote("75.50", "10.00")

    ends = at_once([partial(bill_quote, quote=quote)] * 6)

    assert failures(ends) == []
    assert InvoiceLine.objects.count() == 2


def bill_without_lock(quote: Quote, emptied: Barrier) -> None:
    invoice = Invoice.objects.get(ticket=quote.ticket)
    invoice.lines.all().delete()
    emptied.wait(timeout=60)
    for line in quote.lines.values(*COPIED):
        invoice.lines.create(**line)


def test_control_without_the_lock_lines_are_there_twice() -> None:
    quote = sent_quote("75.50", "10.00")

    at_once([partial(bill_without_lock, quote, Barrier(2))] * 2)

    assert InvoiceLine.objects.count() == 4


@pytest.mark.parametrize("turn", range(3))
def test_who_cancels_while_another_accepts_finds_one_end(turn: int) -> None:
    quote = sent_quote()
    ticket = quote.ticket
    cancel = partial(cancel_ticket, ticket_id=ticket.pk, actor=ticket.customer, site=SITE)

    ends = at_once([cancel, partial(decide, quote, accept=True)])

    [refusal] = failures(ends)
    ticket.refresh_from_db()
    quote.refresh_from_db()
    if isinstance(refusal, TransitionNotAllowed):
        assert (ticket.status, quote.state) == (Status.APPROVED, Quote.State.ACCEPTED)
    else:
        assert isinstance(refusal, QuoteNotOpen)
        assert (ticket.status, quote.state) == (Status.CANCELLED, Quote.State.VOID)
        assert not InvoiceLine.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_two_merges_in_opposite_directions_keep_one_ticket(turn: int) -> None:
    alice = make_user()
    one, other = make_ticket(alice), make_ticket(alice)
    ways = [(one.pk, other.pk), (other.pk, one.pk)]

    ends = at_once(
        [partial(merge_tickets, into=a, others=[b], actor=alice, site=SITE) for a, b in ways]
    )

    assert len(failures(ends)) == 1
    [kept] = ServiceTicket.objects.open()
    assert ServiceTicket.objects.closed().get().merged_into == kept


def test_no_line_slips_into_a_quote_that_is_being_sent() -> None:
    quote = make_quote(make_ticket())
    line = quote.lines.get()
    line.price = Decimal(999)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            send_quote(quote_id=quote.pk, actor=quote.ticket.customer, site=SITE)
            saving = other.submit(attempt, line.save, Barrier(1))
            # It waits for the sending; where it does not, it is done in no time.
            wait([saving], timeout=1)
        assert isinstance(saving.result(), QuoteFrozen)

    assert Quote.objects.get().total == Decimal(60)
