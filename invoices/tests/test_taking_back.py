"""Things are taken off an order, whole or one by one, before or after they went out."""

from decimal import Decimal
from typing import Any

import pytest

from invoices.documents.credit_notes import Credit, credit
from invoices.documents.drafts import open_for_order
from invoices.exceptions import NothingToPay, StillPayable
from invoices.models import Invoice, Payment, PaymentAttempt, Refund
from invoices.orders.taking_back import take_back, version_of
from invoices.orders.taking_back_plan import TakenBackAlready, Wish, plan_of
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import again, cash, make_invoice
from invoices.tests.card_steps import amounts, mails
from invoices.tests.fake_stripe import SILENT, FakeStripe
from store.exceptions import VersionChanged
from store.models import Order, OrderLine, OrderStage, Piece
from store.tests.factories import make_item

pytestmark = pytest.mark.django_db


def two_things(*, issued: bool = True, **fields: Any) -> Invoice:
    """Of two chairs for 120.00 each, that are to be sent."""
    return make_invoice(
        make_item(title="Chair", pieces=2), issued=issued, delivery="ship", **fields
    )


def pay(invoice: Invoice, amount: str) -> Invoice:
    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash(amount)))
    return again(invoice)


def wish(*lines: OrderLine, **fields: Any) -> Wish:
    chosen = lines or OrderLine.objects.all()
    return Wish(lines=[line.pk for line in chosen], reason="A leg is loose", **fields)


def take(invoice: Invoice, *lines: OrderLine, **fields: Any) -> Order:
    take_back(order_id=invoice.order_id or 0, wish=wish(*lines, **fields), actor=None)
    return Order.objects.get()


def numbers(*amounts: Decimal) -> list[int | float]:
    """To be compared with literals."""
    return [float(amount) for amount in amounts]


def first_line() -> OrderLine:
    return OrderLine.objects.earliest("pk")


def on_sale() -> int:
    return Piece.objects.available().count()


def test_one_thing_of_an_unpaid_order_is_left_out() -> None:
    invoice = two_things(issued=False)

    order = take(invoice, first_line())

    assert numbers(order.total, again(invoice).balance) == [120, 120]
    assert (order.stage, on_sale()) == (OrderStage.TRANSFER, 1)
    assert [event.summary for event in order.events.all()] == ["taken back"]
    assert mails() == ["dropped"]


def test_a_discount_goes_with_the_thing_it_was_given_on() -> None:
    invoice = two_things(issued=False, discount=20, discount_reason="regular")

    order = take(invoice, first_line())

    assert numbers(order.discount, order.total, again(invoice).balance) == [10, 110, 110]


def test_what_was_paid_in_part_may_be_enough_then() -> None:
    invoice = pay(two_things(issued=False), "130")

    order = take(invoice, first_line())

    assert order.stage == OrderStage.SENDING
    assert again(invoice).balance == -10
    assert again(invoice).number
    assert mails()[-1] == "pay"


def test_what_is_paid_by_that_still_waits_to_be_collected() -> None:
    two = make_item(pieces=2)
    invoice = pay(make_invoice(two, issued=False, payment_method="shop", state="ready"), "120")

    assert take(invoice, first_line()).state == "ready"


def test_all_of_an_unpaid_order_is_cancelled() -> None:
    order = take(two_things(issued=False))

    assert (order.stage, on_sale()) == (OrderStage.CANCELLED, 2)
    assert order.events.get().note == "A leg is loose"
    assert mails() == ["cancel"]


@pytest.mark.on_both
def test_what_broke_here_goes_aside() -> None:
    take(two_things(issued=False), on_sale=False)

    assert Piece.objects.filter(withdrawn_at__isnull=False).count() == 2


@pytest.mark.on_both
def test_one_thing_of_a_paid_order_is_credited_and_the_rest_goes_out() -> None:
    invoice = pay(two_things(), "240")

    order = take(invoice, first_line(), by_hand=Payment.Method.CASH)

    assert (order.stage, on_sale()) == (OrderStage.SENDING, 1)
    assert numbers(again(invoice).credited, again(invoice).balance) == [120, 0]
    assert amounts(invoice) == [240, -120]
    assert first_line().is_gone
    assert mails()[-2:] == ["credit", "refund"]


def test_a_paid_order_of_which_nothing_is_left_is_not_sent() -> None:
    order = take(pay(two_things(), "240"))

    assert (order.stage, order.cancelled_because) == (OrderStage.CANCELLED, Order.Ending.SHOP)
    assert order.allowed_transitions == []
    assert again(order.invoice).excess == 240


def test_what_went_out_stays_sold_until_it_is_here() -> None:
    invoice = pay(two_things(), "240")
    Order.objects.update(state="shipped")

    order = take(invoice, on_sale=False)

    assert (order.stage, order.state) == (OrderStage.TAKEN_BACK, "shipped")
    assert Piece.objects.filter(order=order, sold_at__isnull=False).count() == 2


@pytest.mark.parametrize(("with_shipping", "kept"), [(True, 0), (False, 10)])
def test_shipping_may_be_kept(with_shipping: bool, kept: int) -> None:
    invoice = two_things(issued=False)
    OrderLine.objects.update(shipping=5)
    invoice.delete()
    invoice = pay(billed(), "250")
    Order.objects.update(state="shipped")

    order = take(invoice, with_shipping=with_shipping)

    assert again(invoice).payable == kept
    assert order.stage == OrderStage.TAKEN_BACK


def billed() -> Invoice:
    invoice = open_for_order(Order.objects.get().pk)
    assert invoice
    return invoice


def test_what_was_credited_in_part_before_is_not_credited_twice() -> None:
    invoice = pay(two_things(discount=20, discount_reason="regular"), "220")
    line = invoice.lines.earliest("pk")
    credit(invoice_id=invoice.pk, parts=[Credit(line.pk, line.total / 4)], reason="x", actor=None)

    take(invoice, first_line())

    assert numbers(again(invoice).payable, again(invoice).overpaid) == [110, 110]


def test_money_goes_back_to_the_card_that_paid(paid: PaymentAttempt, stripe: FakeStripe) -> None:
    done = take_back(order_id=paid.invoice.order_id or 0, wish=wish(), actor=None)

    assert [refund.amount for refund in done.refunds] == [120]
    assert Order.objects.get().stage == OrderStage.CANCELLED
    assert again(paid.invoice).excess == 0


def test_cards_first_and_the_rest_by_hand(paid: PaymentAttempt, stripe: FakeStripe) -> None:
    invoice = pay(paid.invoice, "30")

    done = take_back(
        order_id=invoice.order_id or 0, wish=wish(by_hand=Payment.Method.CASH), actor=None
    )

    assert [refund.amount for refund in done.refunds] == [120]
    assert amounts(invoice) == [120, 30, -30]


def test_nothing_is_taken_back_while_somebody_may_be_paying(
    attempt: PaymentAttempt, stripe: FakeStripe
) -> None:
    stripe.troubles["fetch"] = [SILENT] * 9

    with pytest.raises(StillPayable):
        take_back(order_id=attempt.invoice.order_id or 0, wish=wish(), actor=None)
    assert Order.objects.get().stage == OrderStage.PAY_BY_CARD


def test_nothing_is_taken_back_twice() -> None:
    invoice = pay(two_things(), "240")
    seen, line = version_of(invoice), first_line()
    take(invoice, line)

    with pytest.raises(TakenBackAlready):
        take(invoice, line)
    with pytest.raises(VersionChanged):
        take_back(order_id=invoice.order_id or 0, wish=wish(line), actor=None, version=seen)
    with pytest.raises(NothingToPay):
        take_back(order_id=invoice.order_id or 0, wish=Wish([], "x"), actor=None)
    assert invoice.credit_notes.count() == 1


def test_who_looked_before_it_was_sent_is_asked_to_look_again() -> None:
    invoice = pay(two_things(), "240")
    seen = version_of(invoice)
    Order.objects.update(state="shipped")

    with pytest.raises(VersionChanged):
        take_back(order_id=invoice.order_id or 0, wish=wish(), actor=None, version=seen)


def test_a_piece_that_was_sold_again_stays_with_its_buyer() -> None:
    invoice = pay(two_things(), "240")
    Order.objects.update(state="shipped")
    piece = first_line().piece
    Piece.objects.filter(pk=piece.pk).update(order=None, sold_at=None)
    second = make_invoice(piece.item)

    take_back(order_id=invoice.order_id or 0, wish=wish(first_line()), actor=None)

    assert Piece.objects.get(pk=piece.pk).order == second.order


def test_a_gift_is_taken_back_without_a_paper() -> None:
    invoice = make_invoice(make_item(price=0), issued=False, paid=True)

    order = take(invoice)

    assert (order.stage, on_sale(), mails()) == (OrderStage.CANCELLED, 1, ["cancel"])


@pytest.mark.parametrize(
    ("scheme", "paid_before", "sent", "count"),
    [
        ("standard", "0", False, 2),
        ("margin", "100", False, 1),
        ("zero", "100", False, 2),
        ("margin", "239.99", True, 1),
        ("standard", "240", False, 2),
        ("margin", "240", True, 2),
    ],
)
def test_what_happens_is_what_was_said(
    scheme: str, paid_before: str, sent: bool, count: int
) -> None:
    item = make_item(pieces=2, tax_scheme=scheme)
    invoice = make_invoice(item, discount=Decimal("0.01"), discount_reason="regular")
    if paid_before != "0":
        invoice = pay(invoice, paid_before)
    if sent:
        Order.objects.update(state="shipped")
    wanted = wish(*OrderLine.objects.all()[:count], by_hand=Payment.Method.CASH)
    plan = plan_of(invoice, wanted)
    said = plan.amount, plan.balance, plan.by_hand, len(plan.here), plan.stays

    take_back(order_id=invoice.order_id or 0, wish=wanted, actor=None)

    done = again(invoice)
    moved = done.paid - Decimal(paid_before)
    assert said == (done.credited, done.balance + moved, -moved, on_sale(), done.excess)


def test_a_refund_that_stripe_does_not_answer_is_asked_for_again(
    paid: PaymentAttempt, stripe: FakeStripe
) -> None:
    take_back(order_id=paid.invoice.order_id or 0, wish=wish(), actor=None)

    assert Refund.objects.to_send().count() == 1
