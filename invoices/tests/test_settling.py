"""Repairs that had begun are stopped and billed in part; of sealed things, the seal is asked."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from invoices.documents.credit_notes import credit
from invoices.documents.drafts import write_lines
from invoices.documents.issuing import issue
from invoices.exceptions import TooMuch, WithdrawnFrom
from invoices.models import Invoice, InvoiceLine, Withdrawal
from invoices.tests.admin_steps import messages_in
from invoices.tests.test_take_back_page import form_data, page_of, words
from invoices.tests.test_withdrawals_carried_out import (
    agreed,
    link,
    move,
    paid_order,
    went_out,
    withdraw_from,
)
from invoices.tests.test_withdrawing import withdraw
from invoices.withdrawals.acting import carry_out
from invoices.withdrawals.declaring import prove
from invoices.withdrawals.parts import not_owed
from invoices.withdrawals.standing import Standing, standing_of
from mail.models import Mail
from repairs_restorals.models import ServiceTicket, Status, Task
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import SITE, make_ticket
from store.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.many_acts]


def begun(
    client: Client, alice: User, wren: User, *, begin: bool = True, is_known: bool = True
) -> Withdrawal:
    """Of work for 100.00; two of three tasks were done before, one after."""
    quote = agreed(alice, wren, begin=begin)
    if is_known:
        declared = withdraw_from(client, quote, "in_progress")
    else:
        move(quote, "in_progress")
        declared = withdraw(client, contract=str(quote.ticket))
    before = declared.declared_at - timedelta(minutes=1)
    for done_at in (before, before, timezone.now()):
        task = Task.objects.create(ticket=quote.ticket, title="Glue", assignee=wren)
        Task.objects.filter(pk=task.pk).update(done_at=done_at)
    return declared


def admin_page(declared: Withdrawal) -> str:
    return f"/admin/invoices/withdrawal/{declared.pk}/change/"


def test_the_part_done_is_proposed_and_billed_as_staff_say(
    client: Client, alice: User, wren: User, admin_client: Client
) -> None:
    declared = begun(client, alice, wren)
    page = admin_client.get(admin_page(declared))
    assert page.context["adminform"].form["owed"].value() == "66.67"
    assert "2 of the ticket’s 3 tasks were done before the withdrawal" in page.text

    admin_client.post(admin_page(declared), {"settles": "on", "owed": "50"})

    declared.refresh_from_db()
    invoice = Invoice.objects.get()
    assert (declared.owed, invoice.total, bool(invoice.number)) == (Decimal(50), Decimal(50), True)
    assert (declared.answer, ServiceTicket.objects.get().status) == ("done", Status.READY)
    mail = Mail.objects.filter(event="repairs_restorals.moved").latest("pk").text
    assert "of €100.00 that were agreed you owe €50.00" in mail
    assert "Please pay €50.00" in mail


@pytest.mark.parametrize(
    ("begin", "owed", "refusal"),
    [(True, "100.01", "At most €100.00"), (False, "0.01", "At most €0.00")],
)
def test_more_than_was_agreed_or_wished_is_not_billed(
    client: Client,
    alice: User,
    wren: User,
    admin_client: Client,
    begin: bool,
    owed: str,
    refusal: str,
) -> None:
    declared = begun(client, alice, wren, begin=begin)

    page = admin_client.post(admin_page(declared), {"settles": "on", "owed": owed})

    assert refusal in page.text
    declared.refresh_from_db()
    assert declared.settled_at is None


def test_without_a_wish_the_work_is_stopped_for_nothing(
    client: Client, alice: User, wren: User, admin_client: Client
) -> None:
    declared = begun(client, alice, wren, begin=False)

    admin_client.post(admin_page(declared), {"settles": "on", "owed": ""})

    assert not Invoice.objects.get().total
    declared.refresh_from_db()
    assert declared.answer == Withdrawal.Answer.DONE


def test_a_saved_page_settles_nothing_by_itself(
    client: Client, alice: User, wren: User, admin_client: Client
) -> None:
    declared = begun(client, alice, wren)

    admin_client.post(admin_page(declared), {"owed": "66.67"})

    declared.refresh_from_db()
    assert standing_of(declared) == Standing.TO_SETTLE


@pytest.mark.parametrize(
    ("owed", "credited", "mail"),
    [
        ("66.67", "-33.33", "you owe €66.67"),
        ("0", "-100.00", "you owe €0.00"),
        ("100", None, "you owe €100.00"),
    ],
)
def test_of_what_is_billed_a_credit_note_takes_back_what_is_not_owed(
    client: Client,
    alice: User,
    wren: User,
    admin_client: Client,
    owed: str,
    credited: str | None,
    mail: str,
) -> None:
    declared = begun(client, alice, wren, is_known=False)
    # It is billed before the contract's mailbox answers.
    transition_ticket(ticket_id=declared.ticket_id or 0, to=Status.READY, actor=wren, site=SITE)
    prove(declared, Withdrawal.Proof.MAILBOX)

    admin_client.post(admin_page(declared), {"settles": "on", "owed": owed})

    invoice = Invoice.objects.get(corrects=None)
    assert (invoice.total, invoice.balance) == (Decimal(100), Decimal(owed))
    notes = [note.total for note in Invoice.objects.exclude(corrects=None)]
    assert notes == ([Decimal(credited)] if credited else [])
    declared.refresh_from_db()
    assert (declared.owed, declared.answer) == (Decimal(owed), "done")
    # One mail says it, whichever.
    assert [mail in each.text for each in Mail.objects.order_by("-pk")[:2]] == [True, False]


def test_what_its_customer_has_withdrawn_from_is_not_billed_as_if_nothing_were(
    client: Client, alice: User, wren: User, admin_client: Client
) -> None:
    declared = begun(client, alice, wren)
    ticket = declared.ticket_id or 0

    with pytest.raises(WithdrawnFrom):
        transition_ticket(ticket_id=ticket, to=Status.READY, actor=wren, site=SITE)
    assert ServiceTicket.objects.get().status == Status.IN_PROGRESS
    assert Invoice.objects.get().is_draft

    # One that staff answer with no is over: the work goes on.
    admin_client.post(admin_page(declared), {"answer": "stranger"})
    transition_ticket(ticket_id=ticket, to=Status.READY, actor=wren, site=SITE)
    assert Invoice.objects.get().total == Decimal(100)


def issued_for(*lines: tuple[str, str]) -> Invoice:
    """Of work, by price and rate of tax; what is negative is a discount."""
    draft = make_ticket().invoice
    charged = [
        InvoiceLine(
            description="Discount" if price.startswith("-") else "Work",
            quantity=Decimal(-1 if price.startswith("-") else 1),
            price=abs(Decimal(price)),
            tax_rate=Decimal(rate),
        )
        for price, rate in lines
    ]
    write_lines(draft, charged)
    return issue(invoice_id=draft.pk, actor=None)


@pytest.mark.parametrize(
    "lines",
    [
        [("100", "19")],
        [("33.33", "19"), ("33.33", "19"), ("0.01", "7"), ("33.33", "7")],
        [("60", "19"), ("40", "19"), ("-9.99", "19"), ("10", "7")],
    ],
)
@pytest.mark.parametrize("owed", ["0", "0.01", "33.34", "66.66", "99.99", "100"])
def test_what_is_taken_back_leaves_what_is_owed_of_each_tax(
    lines: list[tuple[str, str]], owed: str
) -> None:
    invoice = issued_for(*lines)

    if parts := not_owed(invoice, Decimal(owed)):
        credit(invoice_id=invoice.pk, parts=parts, reason="Withdrawn", actor=None)

    invoice = Invoice.objects.get(pk=invoice.pk)
    assert invoice.payable == Decimal(owed)
    left = invoice.creditable
    for rate in {rate for _price, rate in lines}:
        of_rate = [line for line in invoice.lines.all() if line.tax_rate == Decimal(rate)]
        kept = sum(left[line.pk] for line in of_rate)
        share = sum(line.total for line in of_rate) * Decimal(owed) / invoice.total
        assert abs(kept - share) < Decimal("0.01")


def test_more_than_is_billed_and_left_is_not_owed() -> None:
    invoice = issued_for(("50", "19"))

    with pytest.raises(TooMuch):
        not_owed(invoice, Decimal("50.01"))


def sealed(client: Client) -> tuple[Order, Withdrawal]:
    order = went_out(paid_order(pieces=2))
    line = order.lines.latest("pk")
    order.lines.filter(pk=line.pk).update(withdrawal_exception="sealed")
    return order, withdraw(client, link(order), lines=[line.pk])


def test_with_a_broken_seal_the_right_is_gone_in_words(client: Client, sam: User) -> None:
    _order, declared = sealed(client)
    client.force_login(sam)
    client.post(admin_page(declared), {"has_returned": "on", "seal": "broken"})

    declared.refresh_from_db()
    assert standing_of(declared) == Standing.DOUBTFUL
    assert "Its seal was broken" in client.get(declared.get_absolute_url()).text
    assert not carry_out(declared)


def test_what_was_withdrawn_is_chosen_and_its_seal_is_asked_about(
    client: Client, sam: User
) -> None:
    order, declared = sealed(client)
    line = declared.lines.get()
    client.force_login(sam)
    form = client.get(page_of(order)).context["form"]
    assert form["lines"].value() == [line.pk]

    typed: dict[str, Any] = {"reason": "Withdrawn", "things": "sale"}
    data = form_data(client, order, **typed)
    assert "Look at the seal" in words(client.post(page_of(order), data))
    # The other one has none.
    other = {**data, "back-lines": [order.lines.earliest("pk").pk]}
    assert "This is what happens" in words(client.post(page_of(order), other))
    whole = {**data, "back-seal": "whole"}
    assert "This is what happens" in words(client.post(page_of(order), whole))
    done = client.post(page_of(order), {**whole, "confirmed": "yes"}, follow=True)
    assert "It is taken back. The customer has been told." in messages_in(done)


@pytest.mark.parametrize("owed", ["0", "50"])
def test_two_declarations_of_one_repair_are_settled_as_one(
    client: Client, alice: User, wren: User, admin_client: Client, owed: str
) -> None:
    """Such as from two tabs at once: neither keeps the other, or the work, from ending."""
    declared = begun(client, alice, wren)
    again = Withdrawal.objects.create(
        name="Alice",
        contract="another tab",
        email="alice@example.com",
        site=SITE,
        idempotency_key="another",
        ticket=ServiceTicket.objects.get(),
        proven_by=declared.proven_by,
        proven_at=declared.proven_at,
    )
    Withdrawal.objects.filter(pk=again.pk).update(declared_at=declared.declared_at)

    admin_client.post(admin_page(declared), {"settles": "on", "owed": owed})
    admin_client.post(admin_page(again), {"settles": "on", "owed": "100"})
    carry_out(again)

    assert ServiceTicket.objects.get().status == Status.READY
    assert Invoice.objects.get().left_of_total == Decimal(owed)
    again.refresh_from_db()
    assert (again.owed, again.answer) == (Decimal(owed), "done")
