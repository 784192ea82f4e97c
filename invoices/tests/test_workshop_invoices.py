"""Each ticket has one invoice, opened by a signal and filled by the accepted quote."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import mails_sent
from invoices.documents.drafts import bill_order, bill_quote
from invoices.documents.issuing import issue
from invoices.documents.pdf.content import mark_of
from invoices.models import Invoice, Payment
from invoices.payments.ledger import Received, record_payment
from mail.models import Mail
from money.filters import money
from repairs_restorals.exceptions import TicketBilled
from repairs_restorals.models import Quote, ServiceTicket, Status
from repairs_restorals.quote_services import decide_quote, go_ahead, send_quote
from repairs_restorals.services import file_ticket, transition_ticket
from repairs_restorals.tests.board_steps import action, messages_in, page_of
from repairs_restorals.tests.factories import SITE, make_quote, make_ticket, seen_by_staff
from store.models import Order
from store.tests.factories import make_order

pytestmark = pytest.mark.django_db
LINK = Quote.Via.LINK


class BooksBurnt(Exception):
    pass


@contextmanager
def listening(receiver: Callable[..., None], sender: type[Model] = ServiceTicket) -> Iterator[None]:
    """Have something else listen to rows being saved, too."""
    post_save.connect(receiver, sender=sender)
    try:
        yield
    finally:
        post_save.disconnect(receiver, sender=sender)


def fail(**kwargs: Any) -> None:
    raise BooksBurnt


def new_ticket(customer: User) -> ServiceTicket:
    return ServiceTicket(customer=customer, title="Violin", description="The neck is loose.")


def accepted(ticket: ServiceTicket, wren: User, *prices: str, **fields: Any) -> Quote:
    quote = make_quote(ticket, *prices, **fields)
    seen = seen_by_staff(quote)
    send_quote(quote_id=quote.pk, actor=wren, site=SITE, seen=seen)
    return decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)


def opened(*arguments: str) -> str:
    """What the repair command says."""
    out = StringIO()
    call_command("open_missing_invoices", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.on_both
def test_a_ticket_opens_one_invoice_however_often_it_is_saved(alice: User) -> None:
    ticket = make_ticket(alice)
    for title in ("Viola", "Cello"):
        ticket.title = title
        ticket.save()

    invoice = Invoice.objects.get()
    assert invoice.ticket == ticket
    assert invoice.is_draft
    assert invoice.total == invoice.deposit == 0
    assert str(invoice) == f"Draft {ticket.reference}"


def test_a_filed_ticket_has_its_invoice(alice: User) -> None:
    ticket = file_ticket(ticket=new_ticket(alice), site=SITE)

    assert ticket.invoice.is_draft


@pytest.mark.on_both
def test_a_failing_receiver_leaves_no_ticket(alice: User) -> None:
    with listening(fail), pytest.raises(BooksBurnt):
        new_ticket(alice).save()

    assert not ServiceTicket.objects.exists()
    assert not Invoice.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_failing_receiver_leaves_no_ticket_outside_of_any_transaction(alice: User) -> None:
    with listening(fail), pytest.raises(BooksBurnt):
        new_ticket(alice).save()

    assert not ServiceTicket.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_failing_receiver_fails_the_filing(alice: User) -> None:
    with listening(fail), pytest.raises(BooksBurnt):
        file_ticket(ticket=new_ticket(alice), site=SITE)

    assert not ServiceTicket.objects.exists()


def test_a_receiver_that_saves_again_does_not_loop(alice: User) -> None:
    saves = []

    def save_once_more(instance: ServiceTicket, created: bool, **kwargs: Any) -> None:
        saves.append(created)
        if created:
            instance.save()

    with listening(save_once_more):
        make_ticket(alice)

    assert saves == [True, False]
    assert Invoice.objects.count() == 1


@pytest.mark.on_both
def test_an_invoice_is_for_an_order_or_a_ticket(alice: User, clock: Any) -> None:
    order, ticket = make_order(clock), make_ticket(alice)

    for wrong in ({}, {"order": order, "ticket": ticket}):
        Invoice.objects.all().delete()
        with (
            pytest.raises(IntegrityError, match="invoice_of_one_subject"),
            transaction.atomic(),
        ):
            Invoice.objects.create(**wrong)


@pytest.mark.on_both
def test_the_accepted_quote_fills_the_draft(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)

    accepted(ticket, wren, "75.50", "10.00", deposit=Decimal(30))

    invoice = Invoice.objects.get()
    assert [line.price for line in invoice.lines.all()] == [Decimal("75.50"), Decimal(10)]
    assert (invoice.total, invoice.deposit) == (Decimal("85.50"), Decimal(30))
    assert invoice.taxes == {Decimal(19): Decimal("13.65")}


def test_a_sent_or_declined_quote_bills_nothing(alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)
    decide_quote(quote_id=quote.pk, accept=False, via=LINK, site=SITE)

    assert Invoice.objects.get().total == 0


def test_a_later_version_replaces_lines_and_deposit(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    accepted(ticket, wren, "75.50", "10.00", deposit=Decimal(30))

    accepted(ticket, wren, "50.00")

    invoice = Invoice.objects.get()
    assert [line.total for line in invoice.lines.all()] == [Decimal(50)]
    assert invoice.deposit == 0


def test_going_ahead_within_the_limit_fills_the_draft(alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice, go_ahead_limit=60))

    go_ahead(quote_id=quote.pk, actor=wren, site=SITE)

    assert Invoice.objects.get().total == 60


def test_an_issued_invoice_stays_as_it_is(alice: User, wren: User) -> None:
    ticket = make_ticket(alice)
    quote = accepted(ticket, wren, "75.50", deposit=Decimal(30))
    issue(invoice_id=Invoice.objects.get().pk)
    Quote.objects.filter(pk=quote.pk).update(deposit=Decimal(40))

    bill_quote(quote=Quote.objects.get())

    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.deposit) == (Decimal("75.50"), Decimal(30))


@pytest.mark.parametrize("ask", [send_quote, go_ahead])
def test_after_the_invoice_nothing_is_agreed_that_stands_on_none(
    alice: User, wren: User, ask: Callable[..., Quote]
) -> None:
    ticket = make_ticket(alice, go_ahead_limit=100)
    accepted(ticket, wren, "75.50")
    issue(invoice_id=Invoice.objects.get().pk)

    with pytest.raises(TicketBilled):
        ask(quote_id=make_quote(ticket, "20.00").pk, actor=wren, site=SITE)
    assert ticket.quotes.get(version=2).state == Quote.State.DRAFT


def test_staff_are_led_to_a_new_ticket_after_the_invoice(
    client: Client, alice: User, wren: User
) -> None:
    ticket = make_ticket(alice)
    accepted(ticket, wren, "75.50")
    issue(invoice_id=Invoice.objects.get().pk)
    client.force_login(wren)
    page = client.get(page_of(ticket))
    assert "Write a new version" not in page.text
    assert "Take further work in as a new ticket" in page.text
    answer = client.post(action(ticket, "quote"), follow=True)

    assert "Take further work in as a new ticket" in messages_in(answer)[0]
    assert ticket.quotes.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_cannot_be_billed_is_not_accepted(alice: User, wren: User) -> None:
    quote = make_quote(make_ticket(alice))
    send_quote(quote_id=quote.pk, actor=wren, site=SITE)

    with listening(fail, Invoice), pytest.raises(BooksBurnt):
        decide_quote(quote_id=quote.pk, accept=True, via=LINK, site=SITE)

    quote.refresh_from_db()
    assert (quote.state, quote.ticket.status) == ("sent", "quoted")


@pytest.mark.on_both
def test_fixtures_bring_their_own_invoices(alice: User, wren: User, tmp_path: Path) -> None:
    accepted(make_ticket(alice), wren, "75.50")
    file = tmp_path / "workshop.json"
    call_command("dumpdata", "repairs_restorals", "invoices", output=str(file))
    empty()

    call_command("loaddata", str(file), verbosity=0)

    assert Invoice.objects.get().total == Decimal("75.50")


@pytest.mark.on_both
def test_tickets_of_fixtures_without_invoices_are_found(
    alice: User, wren: User, tmp_path: Path
) -> None:
    ticket = make_ticket(alice)
    accepted(ticket, wren, "75.50", deposit=Decimal(30))
    file = tmp_path / "workshop.json"
    call_command("dumpdata", "repairs_restorals", output=str(file))
    empty()
    call_command("loaddata", str(file), verbosity=0)
    assert not Invoice.objects.exists()

    assert str(ticket) in opened()

    invoice = Invoice.objects.get()
    assert invoice.ticket == ticket
    assert (invoice.total, invoice.deposit) == (Decimal("75.50"), Decimal(30))


def empty() -> None:
    Invoice.objects.all().delete()
    ServiceTicket.objects.all().delete()


def test_what_sends_no_signal_is_found_and_named(alice: User, clock: Any) -> None:
    tickets = ServiceTicket.objects.bulk_create([new_ticket(alice) for _ in range(3)])
    order = make_order(clock)

    said = opened()

    assert [name for name in [*tickets, order] if str(name) not in said] == []
    assert "Invoices opened: 4" in said
    assert {invoice.subject for invoice in Invoice.objects.all()} == {*tickets, order}
    assert "Invoices opened: 0" in opened()


def test_a_dry_run_only_names_them(alice: User) -> None:
    assert "Every ticket and order has its invoice." in opened("--dry-run")
    [ticket] = ServiceTicket.objects.bulk_create([new_ticket(alice)])
    out = StringIO()

    with pytest.raises(CommandError, match="Without an invoice: 1"):
        call_command("open_missing_invoices", "--dry-run", stdout=out)

    assert str(ticket) in out.getvalue()
    assert not Invoice.objects.exists()


def test_an_order_keeps_its_total(clock: Any) -> None:
    invoice = bill_order(make_order(clock))

    assert invoice.total == Decimal("120.00")
    assert Order.objects.get().invoice == invoice


@pytest.mark.parametrize(
    ("status", "promised"), [("approved", True), ("ready", False), ("collected", False)]
)
def test_no_invoice_is_promised_once_the_work_is_done(
    client: Client, alice: User, wren: User, status: str, promised: bool
) -> None:
    ticket = make_ticket(alice)
    accepted(ticket, wren, "60.00")
    ServiceTicket.objects.filter(pk=ticket.pk).update(status=status)
    client.force_login(alice)

    text = client.get(ticket.get_absolute_url()).content.decode()

    assert "Left to pay in all: €60.00." in text
    assert ("You get the invoice when the work is done." in text) is promised


def test_whoever_paid_the_deposit_of_cancelled_work_sees_that_it_comes_back(
    client: Client, alice: User, wren: User
) -> None:
    ticket = make_ticket(alice)
    accepted(ticket, wren, "75.50", deposit=Decimal(30))
    invoice = Invoice.objects.get()
    Payment.objects.create(
        invoice=invoice, amount=30, method=Payment.Method.CASH, received_on=timezone.localdate()
    )

    transition_ticket(ticket_id=ticket.pk, to=Status.CANCELLED, actor=wren, site=SITE)

    client.force_login(alice)
    assert "It is cancelled: nothing is to be paid" in client.get(invoice.get_absolute_url()).text
    assert "You have paid €30.00 too much" in client.get(ticket.get_absolute_url()).text
    assert invoice in Invoice.objects.shown()
    assert invoice in Invoice.objects.money_without_goods()


def test_staff_are_told_what_is_owed_for_what_was_collected(
    client: Client, alice: User, wren: User
) -> None:
    client.force_login(wren)
    ticket = make_ticket(alice)
    accepted(ticket, wren, "75.50")
    for step in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(ticket_id=ticket.pk, to=step, actor=wren, site=SITE)
    ticket.refresh_from_db()

    data = {"move-to": Status.COLLECTED, "move-seen": ticket.status}
    asked = client.post(action(ticket, "move"), data, follow=True)
    ticket.refresh_from_db()
    assert "75.50" in asked.content.decode()
    assert ticket.status == Status.READY
    answer = client.post(action(ticket, "move"), {**data, "anyway": "yes"}, follow=True)

    assert "It is collected, but: balance due: €75.50." in messages_in(answer)


def test_staff_are_told_that_nobody_knows_an_address(
    client: Client, sam: User, alice: User, wren: User
) -> None:
    accepted(make_ticket(alice), wren, "300.00")
    client.force_login(sam)
    address = reverse("admin:invoices_invoice_change", args=[Invoice.objects.get().pk])

    assert "No address is known" in client.get(address).text


@pytest.mark.parametrize(("paid", "mark"), [("30", "€45.50 to be paid"), ("75.50", "Paid")])
def test_an_invoice_says_at_once_what_is_left_and_not_that_there_was_a_deposit(
    alice: User, wren: User, paid: str, mark: str
) -> None:
    accepted(make_ticket(alice), wren, "75.50", deposit=Decimal(30))
    invoice = Invoice.objects.get()
    received = Received(Decimal(paid), Payment.Method.CASH, timezone.localdate())
    record_payment(invoice_id=invoice.pk, received=received, actor=wren)
    assert mark_of(Invoice.objects.get()) == "Deposit received"

    issue(invoice_id=invoice.pk)

    assert mark_of(Invoice.objects.get()) == mark
    already = f"€75.50. You have paid {money(Decimal(paid))} already."
    assert f"our invoice for {invoice.subject}: {already}" in mails_sent()[-1].body


@pytest.mark.parametrize("issued_before", [True, False])
def test_the_mail_that_it_is_ready_names_what_is_due(
    alice: User,
    wren: User,
    issued_before: bool,
) -> None:
    ticket = new_ticket(alice)
    ticket.save()
    accepted(ticket, wren, "130.00")
    if issued_before:
        issue(invoice_id=Invoice.objects.get(ticket=ticket).pk)
    for step in (Status.IN_PROGRESS, Status.READY):
        transition_ticket(ticket_id=ticket.pk, to=step, actor=wren, site=SITE)

    ready = Mail.objects.filter(event="repairs_restorals.moved").latest("pk")
    assert "Please pay €130.00 by" in ready.text
