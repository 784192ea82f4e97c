"""What came in today, and this month beside the last: for the front desk."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Sum
from django.utils import timezone

from invoices.models import NOTHING, Payment
from money.currency import shop_currency

VIEW = "invoices.view_payment"
# The picture's inner size, in units of its own.
WIDTH, HEIGHT = 300, 80


class Today(NamedTuple):
    method: str
    amount: Decimal
    currency: str


class Month(NamedTuple):
    """What has come in since the first of a month, at the end of each of its days until now."""

    start: date
    sums: list[Decimal]

    @property
    def total(self) -> Decimal:
        return self.sums[-1] if self.sums else NOTHING


class Takings(NamedTuple):
    today: list[Today]
    this_month: Month
    last_month: Month
    # The last month until the same day.
    then: Decimal

    @property
    def lines(self) -> dict[str, str]:
        """The two months as points of polylines."""
        highest = max([*self.this_month.sums, *self.last_month.sums])
        return {
            "this": points(self.this_month.sums, highest),
            "last": points(self.last_month.sums, highest),
        }


def takings_for(user: PermissionsMixin) -> Takings | None:
    """Money less what went back, by the day on which it was received; None for who may not see."""
    if not user.has_perm(VIEW):
        return None
    today = timezone.localdate()
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    received = Payment.objects.filter(received_on__gte=before, received_on__lte=today).order_by()
    rows = received.values_list("received_on", "method", "currency").annotate(sum=Sum("amount"))
    by_day: dict[date, Decimal] = {}
    of_today = []
    names = dict(Payment.Method.choices)
    for day, method, currency, amount in rows:
        if day == today and amount:
            of_today.append(Today(str(names[method]), amount, currency))
        if currency == shop_currency():
            by_day[day] = by_day.get(day, NOTHING) + amount
    last = month(before, first - timedelta(days=1), by_day)
    then = last.sums[min(today.day, len(last.sums)) - 1]
    return Takings(sorted(of_today), month(first, today, by_day), last, then)


def month(start: date, end: date, by_day: Mapping[date, Decimal]) -> Month:
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return Month(start, list(accumulate(by_day.get(day, NOTHING) for day in days)))


def points(sums: list[Decimal], highest: Decimal) -> str:
    """Sums by day as the points of a polyline, left to right through a month of 31 days."""
    step = WIDTH / 30
    height = [
        HEIGHT - int(max(each, NOTHING) * HEIGHT / highest) if highest > 0 else HEIGHT
        for each in sums
    ]
    return " ".join(f"{number * step:.0f},{y}" for number, y in enumerate(height))
