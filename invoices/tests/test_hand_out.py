"""What is collected with money open is asked about first."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from invoices.admin.forms import PaymentForm
from invoices.documents.drafts import bill_order
from invoices.models import Invoice
from invoices.payments.ledger import record_payment
from invoices.tests.admin_steps import action, make_invoice, messages_in, page_of, send
from invoices.tests.card_steps import received
from mail.models import Mail
from repairs_restorals.models import ServiceTicket, Status
from repairs_restorals.services import transition_ticket
from repairs_restorals.tests.factories import make_ticket
from store.models import Order
from store.tests.factories import make_item, make_order

pytestmark = pytest.mark.django_db


def test_an_order_is_paid_and_handed_out_in_one_go(client: Client, sam: User) -> None:
    order = make_order(make_item(), payment_method="shop", state="ready")
    bill_order(order)
    client.force_login(sam)
    address = reverse("admin:store_order_hand_out", args=[order.pk])
    page = reverse("admin:store_order_change", args=[order.pk])
    assert address in client.get(page).content.decode()
    form = client.get(address).context["form"]
    data = {form.add_prefix(field.name): field.value() or "" for field in form}

    part = client.post(address, {**data, "payment-amount": "20"}, follow=True)
    assert "Still to be paid: €100.00" in messages_in(part)
    assert Order.objects.get().state == "ready"

    form = client.get(address).context["form"]
    client.post(address, {form.add_prefix(field.name): field.value() or "" for field in form})
    assert Order.objects.get().state == "collected"
    assert order.events.get(transition="collect").actor == sam
    assert Invoice.objects.get().balance == 0


def test_a_payment_alone_hands_nothing_out() -> None:
    order = make_order(make_item(), payment_method="shop", state="ready")
    invoice = bill_order(order)

    record_payment(invoice_id=invoice.pk, received=received(), actor=None)

    assert Order.objects.get().state == "ready"
    assert Mail.objects.get().event == "invoices.pay"


def test_what_is_paid_and_handed_out_is_told_by_one_mail(client: Client, sam: User) -> None:
    order = make_order(make_item(), payment_method="shop", state="ready")
    bill_order(order)
    client.force_login(sam)
    address = reverse("admin:store_order_hand_out", args=[order.pk])
    form = client.get(address).context["form"]
    data = {form.add_prefix(field.name): field.value() or "" for field in form}

    for _ in range(2):
        client.post(address, data)

    mail = Mail.objects.get()
    assert (mail.event, mail.attachment) == (
        "invoices.collect",
        f"invoice:{Invoice.objects.get().pk}",
    )
    assert (
        "Your payment of €120.00 has arrived, thank you. With this comes the invoice." in mail.text
    )


@pytest.fixture
def unpaid(wren: User) -> ServiceTicket:
    """Ready, and 80.00 are open."""
    ticket = make_ticket(status=Status.READY)
    Invoice.objects.filter(ticket=ticket).update(total=80)
    return ticket


def press(client: Client, ticket: ServiceTicket, **more: Any) -> Any:
    address = reverse("admin:repairs_restorals_serviceticket_transition", args=[ticket.pk])
    data = {"transition-to": "collected", "transition-version": ticket.version, **more}
    return client.post(address, data, follow=True)


def test_a_repair_with_money_open_is_handed_out_on_purpose(
    client: Client, wren: User, unpaid: ServiceTicket
) -> None:
    client.force_login(wren)

    asked = press(client, unpaid, **{"transition-note": "To her son"})
    unpaid.refresh_from_db()
    assert unpaid.status == Status.READY
    assert "Still to be paid: €80.00." in asked.content.decode()
    assert 'value="To her son"' in asked.content.decode()

    press(client, unpaid, anyway="yes")
    unpaid.refresh_from_db()
    assert unpaid.status == Status.COLLECTED


def test_that_it_was_collected_is_undone_within_the_day(
    client: Client, wren: User, unpaid: ServiceTicket
) -> None:
    client.force_login(wren)
    undo = reverse("admin:repairs_restorals_serviceticket_undo", args=[unpaid.pk])
    assert "moved on" in messages_in(client.post(undo, follow=True))
    transition_ticket(ticket_id=unpaid.pk, to=Status.COLLECTED, actor=wren, site="")

    answer = client.post(undo, follow=True)

    assert "ready to collect" in messages_in(answer)
    unpaid.refresh_from_db()
    assert unpaid.status == Status.READY
    last = unpaid.events.latest("pk")
    assert (last.actor, last.note) == (wren, "It was marked as collected by mistake.")


def test_the_workshop_takes_money_for_its_own_work_alone(
    client: Client, wren: User, unpaid: ServiceTicket
) -> None:
    client.force_login(wren)

    answer = send(client, Invoice.objects.get(), "payment", amount="20")
    assert "Recorded: €20.00." in messages_in(answer)
    assert "back" not in answer.context["forms"]

    order = make_invoice()
    assert "payment" not in client.get(page_of(order)).context["forms"]
    form = PaymentForm(invoice=order, version=order.version)
    data = {form.add_prefix(field.name): field.value() or "" for field in form}
    assert client.post(action(order, "payment"), data).status_code == 403
    assert not order.payments.exists()
