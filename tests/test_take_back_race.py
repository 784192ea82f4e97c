"""Several of the staff take things of one order back at once, and shoppers want what comes back."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from bag.exceptions import NotEnoughAvailable
from bag.services import hold_pieces
from invoices.models import Invoice, Payment
from invoices.orders.taking_back import take_back
from invoices.orders.taking_back_plan import TakenBackAlready, Wish
from invoices.orders.undoing import ThingsTaken, slip_of, undo
from invoices.payments.ledger import Received, record_payment
from invoices.tests.admin_steps import cash, make_invoice
from store.exceptions import TransitionNotAllowed
from store.models import Order, OrderLine, Piece
from store.tests.factories import make_item
from tests.crowd import at_once

pytestmark = [
    pytest.mark.on_both,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
TOO_LATE = (TakenBackAlready, NotEnoughAvailable, ThingsTaken, TransitionNotAllowed)


def ends_of(tries: list[Any]) -> Counter[str]:
    ends = at_once(tries)
    wrong = [end for end in ends if isinstance(end, Exception) and not isinstance(end, TOO_LATE)]
    assert wrong == []
    return Counter("too late" if isinstance(end, Exception) else "done" for end in ends)


def test_each_thing_is_credited_and_paid_back_once() -> None:
    item = make_item(pieces=2)
    invoice = make_invoice(item)
    record_payment(invoice_id=invoice.pk, actor=None, received=Received(**cash("240")))
    wishes = [
        Wish([line.pk], "Loose", by_hand=Payment.Method.CASH) for line in OrderLine.objects.all()
    ]
    tries = [
        partial(take_back, order_id=invoice.order_id or 0, wish=wish, actor=None)
        for wish in wishes * 3
    ]
    shoppers = [
        partial(hold_pieces, item_id=item.pk, quantity=1, bag_key=f"bag {number}")
        for number in range(3)
    ]

    ends_of(tries + shoppers)

    found = Invoice.objects.get(pk=invoice.pk)
    assert found.credited == 240
    assert found.paid == found.balance == 0
    assert found.credit_notes.count() == 2
    assert Order.objects.get().state == "cancelled"
    assert not Piece.objects.exclude(order=None).exists()


def test_a_cancelled_order_and_a_shopper_never_get_the_same_thing(sam: Any) -> None:
    item = make_item()
    order = make_invoice(item, issued=False).order
    assert order is not None
    take_back(order_id=order.pk, wish=Wish([order.lines.get().pk], "Slip"), actor=None)
    slip = slip_of(Order.objects.get())
    assert slip is not None

    tries: list[Any] = [partial(undo, order_id=order.pk, event_id=slip.pk, actor=sam)] * 2
    tries += [
        partial(hold_pieces, item_id=item.pk, quantity=1, bag_key=f"bag {number}")
        for number in range(4)
    ]

    assert ends_of(tries)["done"] == 1
    piece = Piece.objects.get()
    assert (piece.order is None) != (piece.held_by is None)
