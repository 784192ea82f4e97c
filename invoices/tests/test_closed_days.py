"""What is to be paid within days has as many more as the shop is closed."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from bag.services import hold_pieces
from invoices.documents.drafts import bill_order
from invoices.documents.issuing import issue
from invoices.orders.placing import Agreed, place_order
from invoices.orders.transitions import transition_and_notify
from invoices.orders.undoing import slip_of, undo
from store.closed_days import ClosedDays
from store.models import Order, ShopProfile
from store.tests.factories import make_item, make_order, new_order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def placed(sam: User) -> date:
    clock = make_item(price="120.00", shipping="9.90")
    hold_pieces(item_id=clock.pk, quantity=1, bag_key="ann")
    agreed = {clock.pk: Agreed(1, Decimal("120.00"), Decimal("9.90"))}
    order = place_order(order=new_order("ann"), agreed=agreed, site="")
    return timezone.localdate(Order.objects.get(pk=order.pk).payment_due_at)


def reopened(sam: User) -> date:
    order = make_order(make_item())
    bill_order(order)
    cancel = Order.Transition.CANCEL
    transition_and_notify(order_id=order.pk, transition=cancel, actor=sam, site="")
    event = slip_of(Order.objects.get())
    assert event
    undo(order_id=order.pk, event_id=event.pk, actor=sam)
    return timezone.localdate(Order.objects.get().payment_due_at)


def billed(sam: User) -> date:
    """Of an order whose own day has passed."""
    late = timezone.now() - DAY
    invoice = issue(invoice_id=bill_order(make_order(make_item(), payment_due_at=late)).pk)
    order = Order.objects.get()
    assert invoice.due_on == timezone.localdate(order.payment_due_at)
    assert invoice.due_on
    return invoice.due_on


@pytest.mark.parametrize("due", [placed, reopened, billed])
def test_closed_days_do_not_count_for_the_time_to_pay(
    sam: User, due: Callable[[User], date]
) -> None:
    today = timezone.localdate()
    profile = ShopProfile.get_solo()
    profile.closed_days = [ClosedDays(today + DAY, today + 10 * DAY).row]
    profile.save()

    assert due(sam) == today + (10 + profile.days_to_pay) * DAY
