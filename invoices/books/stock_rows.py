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
from money.taxes import tax_in
from store.models import Item

MARGIN = Item.TaxScheme.MARGIN


@dataclass
class Row:
    """A piece, and its sale or a correction of it, if there was one. Unknown amounts are None."""

    piece: int
    sale: int | None
    stock_number: str
    thing: str
    bought_on: date | None
    bought_from: str
    withdrawn_at: datetime | None
    purchase: Decimal | None
    purchase_in: str
    # Of the sale, or of the purchase while there is none.
    currency: str
    scheme: str
    rate: Decimal | None
    # The invoice; of a correction, the last credit note.
    invoice: str
    sold_at: datetime | None
    # The invoice of days before that credit notes of these have corrected, "" of a sale.
    corrected: str
    # What was paid for it, and what it was bought for unless its price was taken back: when the
    # days were over, and, of a correction, when they began.
    sold: Decimal | None
    cost: Decimal | None
    sold_before: Decimal | None
    cost_before: Decimal | None
    # Its price was taken back, and it has not been put on sale again.
    is_away: bool

    def __post_init__(self) -> None:
        # SQLite does not know how many digits an amount has.
        for name in ("sold", "sold_before"):
            if (amount := getattr(self, name)) is not None:
                setattr(self, name, rounded(amount, self.currency))

    @property
    def sold_for(self) -> Decimal | None:
        """Of a correction, by how much more: that is negative."""
        return None if self.sold is None else self.sold - (self.sold_before or NOTHING)

    @property
    def bought_for(self) -> Decimal | None:
        """Of a correction that takes it back, less than nothing: the sale to come has it."""
        if not self.corrected:
            return self.cost
        if self.cost is not None or self.cost_before is None:
            return None
        return -self.cost_before

    @property
    def margin(self) -> Decimal | None:
        if not self.is_known:
            return None
        return self.margin_of(self.sold, self.cost) - self.margin_of(
            self.sold_before, self.cost_before
        )

    @property
    def tax(self) -> Decimal | None:
        if not self.is_known:
            return None
        before = self.tax_of(self.margin_of(self.sold_before, self.cost_before))
        return self.tax_of(self.margin_of(self.sold, self.cost)) - before

    @staticmethod
    def margin_of(sold: Decimal | None, cost: Decimal | None) -> Decimal:
        return max(NOTHING, (sold or NOTHING) - (cost or NOTHING))

    def tax_of(self, margin: Decimal) -> Decimal:
        return tax_in(margin, self.rate or NOTHING, self.currency)

    @property
    def is_known(self) -> bool:
        """Whether it was sold by the margin scheme, and the margin can be told."""
        has_price = self.purchase is not None and self.purchase_in == self.currency
        return self.is_margin and self.sale is not None and has_price

    @property
    def came_back(self) -> bool:
        """Whether its price was taken back, of a sale; shipping may have been kept."""
        return self.is_known and self.cost is None

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
        if not self.corrected:
            return self.words
        correction = _("Correction of %s.") % self.corrected
        return f"{correction} {self.words}" if self.lacks_price else correction

    @property
    def words(self) -> str:
        """What is said of a sale, or of a piece without one."""
        if self.lacks_price and self.purchase is not None:
            bought = money(self.purchase, self.purchase_in)
            return _("Bought for %s, in another currency: margin and tax are unknown.") % bought
        if self.lacks_price:
            return _("The purchase price is missing: margin and tax are unknown.")
        if self.is_margin and self.bought_for is None and not self.invoice:
            return _("The purchase price is missing.")
        if self.is_away:
            return _("Taken back by credit note, and not in stock again.")
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
            # Of a correction, what it changes of the loss.
            self.loss += row.margin - sold + bought
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
