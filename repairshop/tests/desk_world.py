"""A shop in which something of every kind is to be done."""

from datetime import timedelta
from decimal import Decimal

from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import RetentionPeriod, User
from bag.models import ShippingRequest
from bag.reservations import reserve_piece
from bag.services import hold_pieces
from invoices.documents.drafts import bill_order, bill_quote
from invoices.models import Invoice, Payment, PaymentAttempt, Refund, Withdrawal
from invoices.tests.admin_steps import cash, make_invoice, make_overdue
from mail.models import Mail
from repairs_restorals.models import (
    Loan,
    Quote,
    QuoteLine,
    ServiceTicket,
    Task,
    TicketEvent,
    TicketMessage,
)
from repairs_restorals.tests.factories import make_quote, make_ticket
from repairshop.models import Fault
from store.models import ItemImage, Order, Piece, Question
from store.services import keep_for_loan
from store.tests.factories import make_item, make_order

LONG_AGO = timedelta(days=20)


def fill(staff: User, customer: User) -> None:
    make_orders()
    make_money()
    make_tickets(staff, customer)
    make_holds(staff)
    Question.objects.create(
        item=make_item(), name="Ann", email="ann@example.com", text="Why?", site=""
    )
    ShippingRequest.objects.create(
        item=make_item(), email="ann@example.com", country_code="BR", city="Santos"
    )
    make_item()
    make_item(tax_scheme="margin")
    ItemImage.objects.create(item=make_item(), width=4, height=3, is_described=False)
    for answer in ({}, {"closed_at": Now(), "answer": "done"}):
        said = {"name": "Ann", "contract": "a lamp", "email": "ann@example.com"}
        Withdrawal.objects.create(site="", **said, **answer)
    Fault.objects.create(kind="ValueError")
    for kind, since in (("mails", Now() - LONG_AGO), ("orders", Now()), ("tickets", None)):
        RetentionPeriod.objects.create(kind=kind, behind_since=since)
    for number, values in enumerate([{"state": "failed"}, {"last_error": "OSError: refused"}, {}]):
        Mail.objects.create(
            event="accounts.password_changed", to="a@example.com", subject="Hello", text="Hello",
            message_id=f"<{number}@x>", **values,
        )  # fmt: skip


def make_orders() -> None:
    """Two of each kind, but one that is late."""
    late = timezone.now() - timedelta(hours=2)
    bill_order(make_order(make_item(), payment_due_at=late))
    for _ in range(2):
        make_order(make_item(), paid=True, delivery="ship", country="Ruritania")
        make_order(make_item(), paid=True)
        make_order(make_item(), payment_method="shop")
        make_order(make_item(), payment_method="shop", state=Order.State.READY)
        make_order(make_item(), paid=True, owed_since=timezone.now())
        make_order(make_item(), is_unconfirmed=True)
        make_order(make_item(), payment_method="shop", tax_undecided=True)


def make_money() -> None:
    """An invoice with too much, one overdue, one of which a bank took its payment back."""
    Payment.objects.create(invoice=make_invoice(issued=False, state="cancelled"), **cash("120"))
    Payment.objects.filter(method="cash").update(at=Now() - LONG_AGO)
    make_overdue()
    bill_order(make_order(make_item(), paid=True))
    left = make_order(make_item(), paid=True)
    bill_order(left)
    before = {"placed_at": Now() - LONG_AGO, "paid_at": Now() - LONG_AGO}
    Order.objects.filter(pk=left.pk).update(**before, state=Order.State.COLLECTED)
    disputed = make_invoice()
    attempt = PaymentAttempt.objects.create(
        invoice=disputed, amount=Decimal(120), state="paid", expires_at=Now(), payment_intent="pi_1"
    )
    for amount, reference in (("120", "pi_1"), ("-70", "dp_1"), ("-50", "dp_1"), ("-1", "dp_2")):
        values = {**cash(amount), "method": "card", "reference": reference, "attempt": attempt}
        Payment.objects.create(invoice=disputed, **values)
    over = make_invoice(issued=False, state="cancelled")
    Payment.objects.create(invoice=over, **cash("120"))
    attempt = PaymentAttempt.objects.create(
        invoice=over, amount=Decimal(120), state="paid", expires_at=Now()
    )
    for state in ("failed", "pending", "sent"):
        Refund.objects.create(attempt=attempt, amount=Decimal(1), state=state)


def make_tickets(staff: User, customer: User) -> None:
    today = timezone.localdate()
    make_ticket(customer, due_on=today - timedelta(days=1))
    asked = make_ticket(customer, status="assessing")
    answered = make_ticket(customer, status="assessing")
    for ticket, said in ((asked, [True, False]), (answered, [False, True])):
        for from_workshop in said:
            TicketMessage.objects.create(ticket=ticket, body="Well?", from_workshop=from_workshop)
    old = make_ticket(customer, status="in_progress")
    ServiceTicket.objects.filter(pk=old.pk).update(touched_at=Now() - LONG_AGO)
    quoted = make_ticket(customer, status="quoted")
    make_quote(quoted)
    Quote.objects.filter(ticket=quoted).update(state="sent", sent_at=Now() - LONG_AGO)
    ready = make_ticket(customer, status="ready")
    TicketEvent.objects.create(ticket=ready, kind=TicketEvent.Kind.TRANSITION, status="ready")
    TicketEvent.objects.filter(ticket=ready).update(at=Now() - LONG_AGO)
    make_deposit(customer)
    make_ticket(customer, status="in_progress", parts_awaited_since=Now() - LONG_AGO)
    make_loan(make_ticket(customer, status="in_progress"))
    for assignee in (staff, staff, customer):
        Task.objects.create(title="Order strings", assignee=assignee)


def make_loan(ticket: ServiceTicket) -> None:
    piece = make_item().pieces.get()
    keep_for_loan([piece])
    Loan.objects.create(ticket=ticket, piece=piece, due_on=timezone.localdate() - timedelta(days=1))


def make_deposit(customer: User) -> None:
    ticket = make_ticket(customer, status="approved")
    quote = make_quote(ticket, deposit=Decimal(20))
    assert QuoteLine.objects.filter(quote=quote).exists()
    bill_quote(quote=quote)
    assert Invoice.objects.get(ticket=ticket).deposit == Decimal(20)


def make_holds(staff: User) -> None:
    end = timezone.localtime().replace(hour=23, minute=59, second=59)
    piece = Piece.objects.get(item=make_item())
    later = Piece.objects.get(item=make_item())
    for kept, until in ((piece, end), (later, end + timedelta(days=2))):
        reserve_piece(piece=kept, until=until, customer=None, actor=staff, reason="Phoned.")
    held = make_item()
    hold_pieces(item_id=held.pk, quantity=1, bag_key="somebody")
    Piece.objects.filter(item=held).update(held_until=end)
