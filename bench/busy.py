"""The books and the bench of `bench.desk`, and beside them whatever else a shop of years has."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection

from bench.desk import fill as fill_desk

# Of so many orders one was paid by card; of so many of those one was refunded.
BY_CARD, REFUNDED = 2, 20
# Of so many things one was asked about, or is in the bin; of so many tickets one has a task.
ASKED, BINNED, TASKS = 50, 500, 10


def fill(number: int) -> None:
    """So many orders and as many tickets, each with its invoice, and five pieces for each."""
    fill_desk(number)
    sell()
    bill_tickets()
    pay_by_card()
    write_to_customers()
    write_down_what_was_done()


def save(rows: Iterator[Any]) -> None:
    while some := list(islice(rows, 5000)):
        type(some[0])._default_manager.bulk_create(some)
    # What is asked of them next would else read all of them for each.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sell() -> None:
    """The pieces of the books' invoices belong to their orders, those that are paid for good."""
    from django.db.models import OuterRef, Subquery

    from invoices.models import InvoiceLine
    from store.models import OrderLine, Piece

    sold: Any = InvoiceLine.objects.exclude(invoice__order=None).select_related("invoice")
    save(
        OrderLine(
            order_id=line.invoice.order_id,
            piece_id=line.piece_id,
            title=line.description,
            price=line.price,
            shipping=0,
            tax_scheme=line.scheme,
        )
        for line in sold
    )
    of_piece = OrderLine.objects.filter(piece=OuterRef("pk"))
    Piece.objects.filter(order_lines__isnull=False).update(
        order=Subquery(of_piece.values("order")[:1]),
        sold_at=Subquery(of_piece.values("order__paid_at")[:1]),
    )


def bill_tickets() -> None:
    from invoices.models import Invoice
    from repairs_restorals.models import ServiceTicket, Task

    tickets = list(ServiceTicket.objects.all())
    save(Invoice(ticket=ticket) for ticket in tickets)
    save(
        Task(title=f"Order a part for {ticket.title}", ticket=ticket, assignee=ticket.customer)
        for ticket in tickets[::TASKS]
    )


def pay_by_card() -> None:
    from django.utils import timezone

    from invoices.models import Invoice, PaymentAttempt, Refund, StripeEvent

    now, paid = timezone.now(), PaymentAttempt.State.PAID
    save(
        PaymentAttempt(
            invoice=invoice,
            amount=360,
            state=paid,
            session_id=f"cs_{invoice.pk}",
            payment_intent=f"pi_{invoice.pk}",
            expires_at=now,
        )
        for invoice in Invoice.objects.filter(payments__isnull=False)[::BY_CARD]
    )
    attempts = list(PaymentAttempt.objects.all())
    save(
        StripeEvent(id=f"evt_{attempt.pk}", type="checkout.session.completed", attempt=attempt)
        for attempt in attempts
    )
    save(
        Refund(attempt=attempt, amount=1, state=Refund.State.SENT, stripe_id=f"re_{attempt.pk}")
        for attempt in attempts[::REFUNDED]
    )


def write_to_customers() -> None:
    """Two mails of each order; questions about things, of which some are in the bin."""
    from django.utils import timezone

    from mail.models import Mail
    from store.models import Item, Order, Question

    now = timezone.now()
    save(
        Mail(
            event=event,
            about=order.reference,
            to=order.email,
            subject=f"Your order {order.reference}",
            text="Thank you. " * 50,
            html="<p>Thank you.</p>" * 50,
            message_id=f"<{event}-{order.pk}@example.com>",
            state=Mail.State.SENT,
            sent_at=now,
        )
        for order in Order.objects.all()
        for event in ("order_placed", "order_paid")
    )
    items = list(Item.objects.filter(pieces__order=None).order_by("pk")[::ASKED])
    save(
        Question(item=item, name="Ann", email="ann@example.com", text="How old is it?")
        for item in items
    )
    binned = [item.pk for item in items[:: BINNED // ASKED]]
    Item.objects.filter(pk__in=binned).update(
        binned_at=now, bin_until=now + timedelta(days=30), published=False
    )


def write_down_what_was_done() -> None:
    """The logs: of each order one line in the history, one log-in, and a failed one of some."""
    from axes.models import AccessAttempt, AccessLog
    from django.contrib.admin.models import CHANGE, LogEntry
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone

    from accounts.events import SecurityEvent
    from accounts.models import SecurityLogEntry, User
    from store.models import Order

    kind, now = ContentType.objects.get_for_model(Order), timezone.now()
    worker = User.objects.filter(is_superuser=True).first()
    orders = list(Order.objects.all())
    save(
        LogEntry(
            user=worker,
            content_type=kind,
            object_id=str(order.pk),
            object_repr=str(order),
            action_flag=CHANGE,
            change_message="",
        )
        for order in orders
    )
    save(
        SecurityLogEntry(event=SecurityEvent.LOGGED_IN, who=order.email, address="192.0.2.1")
        for order in orders
    )
    for model in (AccessLog, AccessAttempt):
        more = {"failures_since_start": 1} if model is AccessAttempt else {}
        save(
            model(
                username=order.email,
                ip_address=f"192.0.{order.pk // 250}.{order.pk % 250}",
                attempt_time=now,
                path_info="/accounts/login/",
                **more,
            )
            for order in orders[::10]
        )
