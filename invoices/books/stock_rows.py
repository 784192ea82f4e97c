"""The rows of the stock book, and what they come to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from invoices.models import NOTHING
from money.filters import money
from money.rounding import rounded
from store.models import Item

MARGIN = Item.TaxScheme.MARGIN


@dataclass
class Row:
    """A piece, and its sale if there was one. Amounts that are unknown are None."""

    piece: int
    sale: int | None
    stock_number: str
    thing: str
    bought_on: date | None
    bought_from: str
    withdrawn_at: datetime | None
    purchase: Decimal | None
    purchase_in: str
    # Of the sale, or of the purchase while there is none; `bought_for` is in it, or unknown.
    currency: str
    scheme: str
    bought_for: Decimal | None
    invoice: str
    sold_at: datetime | None
    rate: Decimal | None
    sold_for: Decimal | None
    margin: Decimal | None
    tax: Decimal | None
    came_back: bool

    def __post_init__(self) -> None:
        # SQLite does not know how many digits an amount has.
        for name in ("sold_for", "margin", "tax"):
            if (amount := getattr(self, name)) is not None:
                setattr(self, name, rounded(amount, self.currency))

    @property
    def key(self) -> tuple[int, int | None, str, Decimal | None]:
        return self.piece, self.sale, self.scheme, self.rate

    @property
    def is_margin(self) -> bool:
        return self.scheme == MARGIN

    @property
    def sold_on(self) -> date | None:
        return timezone.localdate(self.sold_at) if self.sold_at else None

    @property
    def lacks_price(self) -> bool:
        """Whether its margin cannot be told, though it was sold by the margin scheme."""
        return self.is_margin and bool(self.sold_for) and self.margin is None

    @property
    def note(self) -> str:
        if self.lacks_price and self.purchase is not None:
            bought = money(self.purchase, self.purchase_in)
            return _("Bought for %s, in another currency: margin and tax are unknown.") % bought
        if self.lacks_price:
            return _("The purchase price is missing: margin and tax are unknown.")
        if self.is_margin and self.bought_for is None and not self.invoice:
            return _("The purchase price is missing.")
        if self.invoice and not self.sold_for:
            return _("Taken back by credit note.")
        if self.came_back:
            return _("It came back: what was kept of the price is all margin.")
        if self.withdrawn_at:
            return _("Withdrawn.")
        return "" if self.is_margin else _("Not by the margin scheme.")

    @property
    def cells(self) -> list[Any]:
        return [
            self.stock_number,
            self.thing,
            self.bought_on,
            self.bought_from,
            self.bought_for,
            self.sold_on,
            self.invoice,
            self.sold_for,
            self.margin,
            self.rate if self.is_margin else None,
            self.tax,
            self.note,
            self.currency,
        ]


@dataclass
class Sums:
    """What rows come to. What was sold less what was bought for it, and the loss, is the margin.

    So these are the sales by the margin scheme whose purchase price is known. The others stand
    beside them: `unknown` counts those without a purchase price.
    """

    rows: int = 0
    sold_for: Decimal = NOTHING
    bought_for: Decimal = NOTHING
    # By which purchase prices were higher than selling prices: it lessens no other margin.
    loss: Decimal = NOTHING
    margin: Decimal = NOTHING
    tax: Decimal = NOTHING
    unknown: int = 0
    unknown_sold_for: Decimal = NOTHING
    # Not by the margin scheme.
    other_sold_for: Decimal = NOTHING
    other_bought_for: Decimal = NOTHING
    stock_bought_for: Decimal = NOTHING

    def add(self, row: Row) -> None:
        self.rows += 1
        bought, sold = row.bought_for or NOTHING, row.sold_for or NOTHING
        if row.sale is None:
            self.stock_bought_for += bought
        elif not row.is_margin:
            self.other_sold_for += sold
            self.other_bought_for += bought
        elif row.margin is None:
            self.unknown += row.lacks_price
            self.unknown_sold_for += sold
        else:
            self.sold_for += sold
            self.bought_for += bought
            self.loss += max(NOTHING, bought - sold)
            self.margin += row.margin
            self.tax += row.tax or NOTHING

    @property
    def all_sold_for(self) -> Decimal:
        """What the column of selling prices comes to."""
        return self.sold_for + self.unknown_sold_for + self.other_sold_for

    @property
    def all_bought_for(self) -> Decimal:
        return self.bought_for + self.other_bought_for + self.stock_bought_for


def sums_by_currency(rows: Iterable[Row]) -> dict[str, Sums]:
    """Amounts of two currencies are never added."""
    sums: defaultdict[str, Sums] = defaultdict(Sums)
    for row in rows:
        sums[row.currency].add(row)
    return dict(sorted(sums.items()))


def sums_of(rows: Iterable[Row]) -> Sums:
    sums = Sums()
    for row in rows:
        sums.add(row)
    return sums
