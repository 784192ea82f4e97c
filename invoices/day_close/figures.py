"""What a close covers, counted up: of the day that is open, and as it is kept of one closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.models import NOTHING, CashMovement, DayClose, Payment
from money.currency import shop_currency
from money.filters import money


class Taking(NamedTuple):
    """What came in and (negative) went back by one way of payment, in one currency."""

    method: str
    currency: str
    number: int
    came: Decimal
    went: Decimal

    @property
    def label(self) -> str:
        return str(dict(Payment.Method.choices)[self.method])

    @property
    def sum(self) -> Decimal:
        return self.came + self.went

    @property
    def words(self) -> str:
        """How many payments there were, and how much of it went back."""
        if self.went and not self.came:
            back = ngettext("%d payment went back", "%d payments went back", self.number)
            return back % self.number
        number = ngettext("%d payment", "%d payments", self.number) % self.number
        back = _("%s of it went back") % money(-self.went, self.currency) if self.went else ""
        return ", ".join(filter(None, [number, back]))

    @property
    def kept(self) -> dict[str, Any]:
        return {**self._asdict(), "came": str(self.came), "went": str(self.went)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**{**kept, "came": Decimal(kept["came"]), "went": Decimal(kept["went"])})


def takings_of(payments: Iterable[Payment]) -> list[Taking]:
    """In the order in which the ways of payment are named everywhere."""
    groups: dict[tuple[str, str], list[Decimal]] = {}
    for payment in payments:
        groups.setdefault((payment.method, payment.currency), []).append(payment.amount)
    order = Payment.Method.values
    return [
        Taking(
            method,
            currency,
            len(amounts),
            sum((amount for amount in amounts if amount > 0), NOTHING),
            sum((amount for amount in amounts if amount < 0), NOTHING),
        )
        for (method, currency), amounts in sorted(
            groups.items(), key=lambda group: (order.index(group[0][0]), group[0][1])
        )
    ]


def takings_of_close(close: DayClose) -> list[Taking]:
    return [Taking.read(kept) for kept in close.takings]


@dataclass(frozen=True)
class OpenDay:
    """What is not closed yet. The next close covers just this, or nothing is closed."""

    payments: Sequence[Payment]
    movements: Sequence[CashMovement]
    last: DayClose | None

    @property
    def version(self) -> str:
        """Both are only ever added: their numbers say which ones somebody has seen."""
        last = self.last.number if self.last else 0
        return f"{last}/{len(self.payments)}/{len(self.movements)}"

    @property
    def takings(self) -> list[Taking]:
        return takings_of(self.payments)

    @property
    def cash(self) -> Decimal:
        """What sales have brought into the drawer, less what went back out of it."""
        ours = (Payment.Method.CASH.value, shop_currency())
        found = (each.sum for each in self.takings if (each.method, each.currency) == ours)
        return sum(found, NOTHING)

    @property
    def moved(self) -> list[Decimal]:
        ours = shop_currency()
        return [each.amount for each in self.movements if each.currency == ours]

    @property
    def paid_in(self) -> Decimal:
        return sum((amount for amount in self.moved if amount > 0), NOTHING)

    @property
    def paid_out(self) -> Decimal:
        return -sum((amount for amount in self.moved if amount < 0), NOTHING)

    @property
    def opening(self) -> Decimal:
        """What the next close begins with: what was counted last, in the same currency."""
        is_same = self.last and self.last.currency == shop_currency()
        return self.last.counted if self.last and is_same else NOTHING

    def expected(self, opening: Decimal) -> Decimal:
        return opening + self.cash + self.paid_in - self.paid_out

    @property
    def late(self) -> list[Payment]:
        return late_among(self.payments, self.last.day if self.last else None)


def late_among(payments: Iterable[Payment], closed_on: date | None) -> list[Payment]:
    """Payments of days that were closed before they were recorded."""
    return [each for each in payments if closed_on and each.received_on < closed_on]


def late_of_close(close: DayClose) -> list[Payment]:
    before = timezone.localdate(close.since) if close.since else None
    return late_among(close.payments.select_related(*NAMES), before)


NAMES = ("invoice__order", "invoice__ticket", "invoice__corrects")


def open_day(*, lock: bool = False) -> OpenDay:
    """Read what is open; locked, whoever closes at the same time waits, and finds it closed."""
    payments: QuerySet[Payment] = Payment.objects.to_be_closed().order_by("pk")
    movements = CashMovement.objects.filter(close=None).select_related("actor").order_by("pk")
    if lock:
        payments = payments.select_for_update(of=["self"])
        movements = movements.select_for_update(of=["self"])
    found = list(payments.select_related(*NAMES)), list(movements)
    # Last: who has waited for the locks sees the close for which they were held.
    return OpenDay(*found, DayClose.objects.defer("pdf").first())
