"""Money by cash, transfer and terminal, and back by hand."""

from decimal import Decimal

import pytest

from accounts.models import User
from invoices.documents.issuing import issue
from invoices.exceptions import NothingToPay, TooMuch
from invoices.models import Invoice, InvoiceEvent, NumberSeries, Payment
from invoices.payments.ledger import record_payment, record_refund
from invoices.tests.card_steps import PRICE, TODAY, amounts, mails, received
from invoices.tests.fake_stripe import FakeStripe
from mail.models import Mail
from store.models import Order

pytestmark = [pytest.mark.on_both, pytest.mark.django_db]


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_is_no_payment(invoice: Invoice, stripe: FakeStripe, amount: str) -> None:
    with pytest.raises(NothingToPay):
        record_payment(invoice_id=invoice.pk, received=received(amount), actor=None)
    assert not Payment.objects.exists()


def test_a_part_is_acknowledged_and_sells_nothing(
    invoice: Invoice, stripe: FakeStripe, sam: User
) -> None:
    payment = record_payment(invoice_id=invoice.pk, received=received("50"), actor=sam)

    assert (payment.amount, payment.method, payment.actor) == (Decimal(50), "cash", sam)
    assert (payment.received_on, payment.attempt) == (TODAY, None)
    assert not Order.objects.get().paid_at
    assert mails() == ["payment"]
    event = InvoiceEvent.objects.get()
    assert (event.kind, event.actor, event.note) == ("paid", sam, "€50.00, cash")


def test_the_rest_sells_it_by_whoever_took_it(
    invoice: Invoice, stripe: FakeStripe, sam: User
) -> None:
    record_payment(invoice_id=invoice.pk, received=received("50"), actor=None)
    record_payment(invoice_id=invoice.pk, received=received("70"), actor=sam)

    order = Order.objects.get()
    assert order.paid_at
    assert order.events.get(transition="pay").actor == sam
    assert InvoiceEvent.objects.get(kind="issued").actor == sam


def test_half_a_euro_less_sells_nothing(invoice: Invoice, stripe: FakeStripe) -> None:
    record_payment(invoice_id=invoice.pk, received=received("119.50"), actor=None)

    assert not Order.objects.get().paid_at


def test_what_is_issued_keeps_its_number_when_it_is_paid(
    invoice: Invoice, stripe: FakeStripe
) -> None:
    number = issue(invoice_id=invoice.pk).number

    record_payment(invoice_id=invoice.pk, received=received(), actor=None)

    assert (Invoice.objects.get().number, NumberSeries.objects.get().last) == (number, 1)


def test_a_form_sent_twice_records_once(invoice: Invoice, stripe: FakeStripe) -> None:
    taken = received(idempotency_key="form 1")
    first = record_payment(invoice_id=invoice.pk, received=taken, actor=None)

    assert record_payment(invoice_id=invoice.pk, received=taken, actor=None) == first
    back = received("20", idempotency_key="form 2")
    gone = record_refund(invoice_id=invoice.pk, received=back, actor=None)
    assert record_refund(invoice_id=invoice.pk, received=back, actor=None) == gone
    assert amounts(invoice) == [PRICE, -20]


@pytest.mark.parametrize("amount", ["0", "-1", "120.01"])
def test_by_hand_no_more_goes_back_than_came_so(
    invoice: Invoice, stripe: FakeStripe, amount: str
) -> None:
    record_payment(invoice_id=invoice.pk, received=received(), actor=None)

    with pytest.raises(TooMuch):
        record_refund(invoice_id=invoice.pk, received=received(amount), actor=None)
    assert amounts(invoice) == [PRICE]


def test_all_of_it_may_go_back_by_hand(invoice: Invoice, stripe: FakeStripe, sam: User) -> None:
    record_payment(invoice_id=invoice.pk, received=received(), actor=None)
    refund = record_refund(invoice_id=invoice.pk, received=received(), actor=sam)

    assert (refund.amount, refund.actor) == (-PRICE, sam)
    assert mails()[-1] == "refund"
    said = Mail.objects.latest("pk").text
    assert "€120.00" in said
    assert "−" not in said
    event = InvoiceEvent.objects.get(kind="refunded")
    assert (event.actor, event.note) == (sam, "€120.00, cash")


def test_half_a_euro_is_money_both_ways(invoice: Invoice, stripe: FakeStripe, sam: User) -> None:
    record_payment(invoice_id=invoice.pk, received=received("0.50"), actor=sam)
    record_refund(invoice_id=invoice.pk, received=received("0.50"), actor=sam)

    assert amounts(invoice) == [Decimal("0.50"), Decimal("-0.50")]
    kinds = InvoiceEvent.objects.filter(kind__in=["paid", "refunded"]).order_by("pk")
    assert [event.kind for event in kinds] == ["paid", "refunded"]
    assert mails() == ["payment", "refund"]


def test_an_order_follows_what_goes_back(invoice: Invoice, stripe: FakeStripe, sam: User) -> None:
    record_payment(invoice_id=invoice.pk, received=received("120"), actor=sam)
    assert not Order.objects.get().owed_since
    record_refund(invoice_id=invoice.pk, received=received("20"), actor=sam)

    assert Order.objects.get().owed_since
