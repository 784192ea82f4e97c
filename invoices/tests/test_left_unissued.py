"""An upgrade never writes to customers about the past: staff decide what is billed of it."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.test import Client

from accounts.models import User
from invoices.documents.drafts import fill_drafts
from invoices.documents.issuing import issue_due
from invoices.models import Invoice
from invoices.tests.admin_steps import send
from mail.models import Mail
from repairs_restorals.models import ServiceTicket, Status, TicketEvent
from repairs_restorals.tests.factories import make_ticket
from store.models import Item, Order, OrderEvent
from store.tests.factories import make_order

LONG_AGO = Now() - timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(clock: Item) -> Order:
    """As the timer of the first release after e763c77 found it: gone out, and never billed."""
    order = make_order(clock, paid=True, state=Order.State.SHIPPED)
    Order.objects.update(placed_at=LONG_AGO, paid_at=LONG_AGO)
    OrderEvent.objects.create(order=order, transition=Order.Transition.SHIP)
    OrderEvent.objects.update(at=LONG_AGO)
    Invoice.objects.create(order=order)
    return order


@pytest.fixture
def finished(alice: User) -> ServiceTicket:
    ticket = make_ticket(alice, status=Status.COLLECTED)
    ServiceTicket.objects.update(created_at=LONG_AGO)
    TicketEvent.objects.create(
        ticket=ticket, kind=TicketEvent.Kind.TRANSITION, status=Status.COLLECTED
    )
    TicketEvent.objects.update(at=LONG_AGO)
    Invoice.objects.update(total=Decimal(60))
    return ticket


@pytest.mark.parametrize("left", ["shipped", "finished"])
def test_what_is_of_long_ago_stands_on_the_desk_and_is_not_mailed(
    left: str, request: pytest.FixtureRequest, client: Client, sam: User
) -> None:
    request.getfixturevalue(left)
    client.force_login(sam)

    assert issue_due() == 0
    assert not Mail.objects.exists()
    assert "order or ticket of long ago was never billed" in client.get("/admin/").text
    listed = client.get("/admin/invoices/invoice/?state=left").context["cl"].result_list
    assert [*listed] == [Invoice.objects.get()]


@pytest.mark.parametrize("what", ["placed_at", "paid_at", "shipped"])
def test_control_what_happened_lately_is_issued_and_mailed(shipped: Order, what: str) -> None:
    if what == "shipped":
        OrderEvent.objects.update(at=Now() - timedelta(days=1))
    else:
        Order.objects.update(**{what: Now() - timedelta(days=1)})

    assert issue_due() == 1
    assert Mail.objects.get().event == "invoices.invoice"


def test_control_work_that_was_finished_lately_is_billed(finished: ServiceTicket) -> None:
    TicketEvent.objects.update(at=Now() - timedelta(days=1))
    Invoice.objects.get().lines.create(description="Glue", price=Decimal(60), tax_rate=Decimal(19))

    assert issue_due() == 1


def test_staff_issue_it_when_they_want_to(shipped: Order, client: Client, sam: User) -> None:
    client.force_login(sam)
    assert fill_drafts() == 1
    assert fill_drafts() == 0
    assert not Mail.objects.exists()

    send(client, Invoice.objects.get(), "issue")

    assert Mail.objects.get().event == "invoices.invoice"
    assert "was never billed" not in client.get("/admin/").text


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("open_missing_invoices", *arguments, stdout=out)
    return out.getvalue()


def test_a_draft_without_lines_is_found_filled_and_mailed_to_nobody(shipped: Order) -> None:
    with pytest.raises(CommandError, match="Without an invoice: 1"):
        run("--dry-run")

    assert str(shipped) in run()
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.lines.count(), invoice.number) == (Decimal(120), 1, None)
    assert "Every ticket and order has its invoice." in run("--dry-run")
    assert issue_due() == 0
    assert not Mail.objects.exists()


@pytest.mark.parametrize("fate", [{"number": "R1", "issued_at": Now()}, {}])
def test_neither_what_is_issued_nor_what_was_cancelled_is_filled(
    shipped: Order, fate: dict[str, Any]
) -> None:
    Invoice.objects.update(**fate)
    if not fate:
        Order.objects.update(state=Order.State.CANCELLED, paid_at=None)

    assert "Invoices opened: 0" in run()
    assert not Invoice.objects.get().lines.exists()
