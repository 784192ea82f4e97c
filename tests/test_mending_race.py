"""Six of the staff cancel, take back, refund and undo at once, while shoppers want what comes back.

Afterwards no piece is in two hands, no money went back that had not come, and orders, papers and
pieces say the same.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from bag.reservations import reserve_piece
from bag.services import hold_pieces
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.models import Invoice, Payment
from invoices.orders.placing import Agreed, place_order
from invoices.orders.taking_back import take_back
from invoices.orders.taking_back_plan import Wish
from invoices.orders.undoing import slip_of, undo
from invoices.payments.ledger import Received, record_payment, record_refund
from store.exceptions import Refusal
from store.models import Item, Order, OrderLine, Piece
from store.services import transition_order
from store.tests.factories import make_item, make_order, new_order
from tests.crowd import at_once, meeting

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SITE = "https://shop.example.com"
CASH = Payment.Method.CASH
STAFF, SHOPPERS, MOVES_EACH = 6, 3, 6
PRICE = Decimal(120)


def make_orders() -> list[Order]:
    """Of two things each: paid and billed, paid in part, and not paid."""
    orders = []
    for paid in (240, 240, 100, 0):
        order = make_order(make_item(pieces=2))
        invoice = bill_order(order, site=SITE)
        if paid == 240:
            issue(invoice_id=invoice.pk)
        if paid:
            record_payment(invoice_id=invoice.pk, received=cash(paid), actor=None)
        orders.append(order)
    return orders


def cash(amount: Any) -> Received:
    return Received(Decimal(amount), CASH, timezone.localdate())


def take_some_back(order: Order, dice: Random, actor: User | None) -> None:
    lines = list(order.lines.values_list("pk", flat=True))
    some = dice.sample(lines, dice.randint(1, len(lines)))
    wish = Wish(some, "Slip", by_hand=CASH, on_sale=dice.random() < 0.8)
    take_back(order_id=order.pk, wish=wish, actor=actor)


def refund(order: Order, dice: Random, actor: User | None) -> None:
    """By hand, what was too much when somebody looked, or a thing's price."""
    invoice = Invoice.objects.get(order=order)
    record_refund(invoice_id=invoice.pk, received=cash(invoice.excess or PRICE), actor=actor)


def undo_slip(order: Order, dice: Random, actor: User) -> None:
    if slip := slip_of(Order.objects.get(pk=order.pk)):
        undo(order_id=order.pk, event_id=slip.pk, actor=actor)


def get_ready(order: Order, dice: Random, actor: User | None) -> None:
    ready = Order.Transition.READY
    transition_order(order_id=order.pk, transition=ready, actor=actor)


def work(orders: list[Order], actor: User, number: int) -> int:
    """What one of the staff does; return how much of it was not refused."""
    dice = Random(number)
    moves: list[Callable[..., None]] = [
        take_some_back,
        take_some_back,
        undo_slip,
        refund,
        get_ready,
    ]
    return sum(
        not is_refused(partial(dice.choice(moves), dice.choice(orders), dice, actor))
        for _ in range(MOVES_EACH)
    )


def shop(things: list[Item], actor: User, number: int) -> int:
    """What comes back is taken, bought or reserved; return how much of it."""
    dice = Random(f"shopper {number}")
    got = 0
    for turn in range(3 * MOVES_EACH):
        item, key = dice.choice(things), f"bag {number} {turn}"
        agreed = {item.pk: Agreed(1, item.price, item.shipping)}
        wants: list[Callable[[], Any]] = [
            partial(hold_pieces, item_id=item.pk, quantity=1, bag_key=key),
            partial(place_order, order=new_order(key), agreed=agreed, site=SITE),
            partial(
                reserve_piece,
                piece=dice.choice(list(item.pieces.all())),
                until=timezone.now() + timedelta(hours=1),
                customer=None,
                actor=actor,
                reason="Rang",
            ),
        ]
        got += not is_refused(dice.choice(wants))
    return got


def is_refused(action: Callable[[], Any]) -> bool:
    """Anything else than a refusal is a fault, and ends the thread."""
    try:
        action()
    except Refusal:
        return True
    return False


def faults() -> Iterator[str]:
    """What the database says that must not be, each told from rows alone."""
    gone = {"taken_back_at": None, "dropped_at": None}
    standing = OrderLine.objects.filter(**gone).exclude(order__state=Order.State.CANCELLED)
    for piece in Piece.objects.all():
        orders = list(standing.filter(piece=piece).values_list("order", flat=True))
        if orders != ([piece.order_id] if piece.order_id else []):
            yield f"{piece} stands in orders {orders} and is in {piece.order_id}"
    for invoice in Invoice.objects.filter(corrects=None).with_parts():
        yield from faults_of(invoice)


def faults_of(invoice: Invoice) -> Iterator[str]:
    payments = Payment.objects.filter(invoice=invoice)
    paid = sum((each.amount for each in payments), Decimal(0))
    credited = -(invoice.credit_notes.aggregate(sum=Sum("total"))["sum"] or Decimal(0))
    order = Order.objects.get(invoice=invoice)
    is_void = invoice.is_draft and order.state == Order.State.CANCELLED
    due = Decimal(0) if is_void else invoice.total - credited
    left = order.lines.filter(taken_back_at=None, dropped_at=None).aggregate(sum=Sum("price"))[
        "sum"
    ]
    if order.state == Order.State.CANCELLED and not invoice.is_draft:
        left = Decimal(0)
    if not 0 <= credited <= invoice.total:
        yield f"{invoice}: {credited} credited of {invoice.total}"
    if paid < 0 or (invoice.paid, invoice.credited, invoice.balance) != (
        paid,
        credited,
        due - paid,
    ):
        yield f"{invoice}: paid {paid}, due {due}, but the invoice says {invoice.balance}"
    if not is_void and (left or 0) != due:
        yield f"{invoice}: comes to {due}, its things that are left to {left}"
    if invoice.excess:
        yield f"{invoice}: {invoice.excess} too much is still here"


def test_six_of_the_staff_mend_orders_while_shoppers_take_what_comes_back(sam: User) -> None:
    orders, things = make_orders(), list(Item.objects.all())
    crew = [partial(work, orders, sam, number) for number in range(STAFF)]
    shoppers = [partial(shop, things, sam, number) for number in range(SHOPPERS)]

    ends = at_once([*crew, *shoppers])

    assert [end for end in ends if isinstance(end, Exception)] == []
    assert sum(ends[:STAFF]) > STAFF
    assert sum(ends[STAFF:]) > 0
    assert list(faults()) == []


def more_goes_back_than_came(order: Order) -> bool:
    invoice = Invoice.objects.get(order=order)
    tries = [partial(record_refund, invoice_id=invoice.pk, received=cash(240), actor=None)] * STAFF
    with patch.object(QuerySet, "select_for_update", lambda rows, **options: rows):
        meeting('INSERT INTO "invoices_payment"', tries)
    return any("paid -" in fault for fault in faults())


def test_control_without_locks_more_goes_back_than_came() -> None:
    # How many get through is left to the database, which ends deadlocks: sometimes one alone.
    in_full = [*make_orders()[:2], *make_orders()[:2]]
    assert any(map(more_goes_back_than_came, in_full))
