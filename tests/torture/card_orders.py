"""Orders paid by card, and whether our books and Stripe's tell the same of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from unittest.mock import patch

from django.db.models import Max, Sum
from django.db.models.functions import Now

from invoices.models import Payment, PaymentAttempt, Refund
from invoices.orders.jobs import end_unpaid_orders
from invoices.orders.placing import Agreed, place_order
from invoices.payments.card import start_payment
from invoices.payments.jobs import reconcile_attempts, send_refunds
from store.models import Item, Order
from store.tests.factories import new_order
from tests.stripe_standin.driver import Standin, net_of
from tests.torture.shop import put_on_sale

SITE = "http://testserver"
numbers = count(1)


def order_by_card(item: Item | None = None, *, site: str = SITE) -> Order:
    """An order of one thing of its own, to be paid by card."""
    [item] = [item] if item else put_on_sale(items=1, pieces=1)
    order = new_order(f"card {next(numbers)}")
    order.payment_method = Order.PaymentMethod.CARD
    agreed = {item.pk: Agreed(1, item.price, item.shipping)}
    return place_order(order=order, agreed=agreed, site=site)


def opened(order: Order, *, site: str = SITE) -> PaymentAttempt:
    """The order's attempt, after its customer was led to the pay page."""
    started = start_payment(invoice_id=order.invoice.pk, site=site)
    return PaymentAttempt.objects.get(pk=started.attempt.pk)


def let_time_pass(rounds: int = 3) -> None:
    """What the timer does in the minutes to come, without waiting for them."""
    for _ in range(rounds):
        earlier = Now() - timedelta(minutes=2)
        PaymentAttempt.objects.live().update(checked_at=earlier)
        Refund.objects.filter(state=Refund.State.PENDING).update(tried_at=earlier)
        while reconcile_attempts():
            pass
        send_refunds()
        end_unpaid_orders()


def latest() -> int:
    """The number of the last attempt; later ones are `differences`' business."""
    return PaymentAttempt.objects.aggregate(last=Max("pk"))["last"] or 0


def differences(stripe: Standin, *, after: int) -> int:
    """Of how many attempts after that one our books and Stripe's ledger tell different amounts."""
    theirs: dict[int, Decimal] = {}
    for row in stripe.ledger().values():
        attempt = int(row["metadata"]["attempt"])
        theirs[attempt] = theirs.get(attempt, Decimal(0)) + net_of(row)
    by_card = Payment.objects.filter(attempt__gt=after)
    ours = dict(by_card.values_list("attempt").annotate(Sum("amount")).order_by())
    known = ours.keys() | theirs.keys()
    return sum(ours.get(pk, Decimal(0)) != theirs.get(pk, Decimal(0)) for pk in known)


@contextmanager
def without(*replaced: tuple[object, str, Any]) -> Iterator[None]:
    """Take a protection out of this process until the block ends; for controls alone."""
    with ExitStack() as stack:
        for place, name, instead in replaced:
            stack.enter_context(patch.object(place, name, instead))
        yield
