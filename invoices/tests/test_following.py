"""An order follows its money, also one from before it did."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from invoices.documents.credit_notes import Credit, credit
from invoices.models import Invoice
from invoices.payments.ledger import Received, record_payment, record_refund
from invoices.tests.admin_steps import again, cash, make_invoice
from store.models import Order, OrderLine, OrderStage, Piece
from store.tests.factories import make_item

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
migration = import_module("invoices.migrations.0013_orders_follow_their_money")
things_taken_back = import_module("invoices.migrations.0014_things_taken_back")


def paid(**fields: Any) -> Invoice:
    """Of a clock for 120.00 that is to be sent."""
    invoice = make_invoice(delivery="ship", **fields)
    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash("120")))
    return again(invoice)


def give_back(invoice: Invoice, amount: str) -> None:
    record_refund(invoice_id=invoice.pk, actor=None, received=Received(**cash(amount)))


def test_what_is_credited_whole_is_neither_on_its_way_nor_to_send() -> None:
    invoice = paid()
    Order.objects.update(state="shipped")

    credit(invoice_id=invoice.pk, reason="It came back", actor=None)

    order = Order.objects.get()
    assert (order.stage, order.state) == (OrderStage.TAKEN_BACK, Order.State.SHIPPED)
    assert Piece.objects.get().sold_at


def test_what_is_credited_in_part_goes_on() -> None:
    invoice = paid()
    part = [Credit(invoice.lines.get().pk, invoice.total / 2)]

    credit(invoice_id=invoice.pk, parts=part, reason="Scratch", actor=None)

    assert Order.objects.get().stage == OrderStage.SENDING


def test_what_was_never_paid_and_is_credited_whole_is_cancelled() -> None:
    invoice = make_invoice()

    credit(invoice_id=invoice.pk, reason="A mistake", actor=None)

    order = Order.objects.get()
    assert (order.stage, order.cancelled_because) == (OrderStage.CANCELLED, Order.Ending.CREDITED)
    assert Piece.objects.available().count() == 1


def test_what_is_paid_back_waits_to_be_paid_again() -> None:
    invoice = paid()

    give_back(invoice, "20")
    assert Order.objects.get().stage == OrderStage.OWED
    assert Order.objects.get().allowed_transitions == [Order.Transition.PAY]

    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash("20")))
    assert Order.objects.get().stage == OrderStage.SENDING


def test_what_is_credited_after_it_was_paid_back_goes_on() -> None:
    invoice = paid()
    give_back(invoice, "20")
    part = [Credit(invoice.lines.get().pk, invoice.total / 6)]

    credit(invoice_id=invoice.pk, parts=part, reason="Scratch", actor=None)

    assert Order.objects.get().stage == OrderStage.SENDING


def test_orders_from_before_are_told_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("invoices.documents.credit_notes", "invoices.payments.ledger"):
        monkeypatch.setattr(f"{module}.follow_money", lambda *_: None)
    whole, owed, _fine = paid(), paid(), paid()
    credit(invoice_id=whole.pk, reason="Broken", actor=None)
    give_back(owed, "20")

    migration.follow(apps, None)

    stages = [order.stage for order in Order.objects.order_by("pk")]
    assert stages == [OrderStage.TAKEN_BACK, OrderStage.OWED, OrderStage.SENDING]


def test_things_of_before_are_told_what_was_taken_back() -> None:
    invoice = make_invoice(make_item(pieces=2))
    part = [Credit(invoice.lines.earliest("pk").pk, invoice.total / 2)]
    credit(invoice_id=invoice.pk, parts=part, reason="It came back", actor=None)
    OrderLine.objects.update(taken_back_at=None)

    things_taken_back.mark(apps, None)

    assert [line.is_gone for line in OrderLine.objects.order_by("pk")] == [True, False]
