"""The stock book: what was bought, what was sold, and the tax in the margin, piece by piece.

Under the margin scheme the tax is due not on the price but on what the shop earned by a piece:
the difference between selling and purchase price, with the tax in it. (Articles 312 to 325 of the
EU's VAT Directive 2006/112/EC, in Germany § 25a UStG, which also demands these records.)

- The selling price is all that the customer pays for it, shipping included (Article 312), less
  what credit notes took back.
- The margin of a piece is never below nothing: a loss with one does not lessen the tax on
  another (§ 25a (3) UStG, the margin of the single piece).
- The tax is margin x rate / (100 + rate), rounded once for each piece, halves away from zero.

A piece whose purchase price nobody has written down has neither margin nor tax here, but a note.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.accounting import midnight
from invoices.models import NOTHING, InvoiceLine
from repairs_restorals.models.quote import rounded
from store.models import Item, Piece, PieceQuerySet

CHUNK = 2000
MARGIN = Item.TaxScheme.MARGIN
COLUMNS = [
    gettext_lazy("stock number"),
    gettext_lazy("thing"),
    gettext_lazy("bought on"),
    gettext_lazy("bought from"),
    gettext_lazy("bought for"),
    gettext_lazy("sold on"),
    gettext_lazy("invoice"),
    gettext_lazy("sold for"),
    gettext_lazy("margin"),
    gettext_lazy("tax, in percent"),
    gettext_lazy("tax in the margin"),
    gettext_lazy("note"),
]
OF_PIECE = [
    "pk",
    "stock_number",
    "item__title",
    "item__tax_scheme",
    "purchased_on",
    "purchased_from",
    "purchase_price",
    "withdrawn_at",
]
OF_LINE = [
    "invoice__number",
    "invoice__issued_at",
    "invoice__corrects__number",
    "scheme",
    "tax_rate",
    "quantity",
    "price",
]


@dataclass
class Row:
    """A piece, and its sale if there was one. Amounts that are unknown are None."""

    stock_number: str
    thing: str
    bought_on: date | None
    bought_from: str
    bought_for: Decimal | None
    is_margin: bool
    sold_on: date | None = None
    invoice: str = ""
    sold_for: Decimal | None = None
    rate: Decimal | None = None
    is_withdrawn: bool = False

    @property
    def margin(self) -> Decimal | None:
        if not self.is_margin or self.sold_for is None or self.bought_for is None:
            return None
        return max(NOTHING, self.sold_for - self.bought_for)

    @property
    def tax(self) -> Decimal | None:
        if self.margin is None or self.rate is None:
            return None
        return rounded(self.margin * self.rate / (100 + self.rate))

    @property
    def lacks_price(self) -> bool:
        """Whether its margin cannot be told, though it was sold by the margin scheme."""
        return self.is_margin and bool(self.sold_for) and self.bought_for is None

    @property
    def note(self) -> str:
        if self.lacks_price:
            return _("The purchase price is missing: margin and tax are unknown.")
        if self.is_margin and self.bought_for is None and not self.invoice:
            return _("The purchase price is missing.")
        if self.invoice and not self.sold_for:
            return _("Taken back by credit note.")
        if self.is_withdrawn:
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
        ]


@dataclass
class Sums:
    """What rows come to; `unknown` counts those whose margin cannot be told."""

    pieces: int = 0
    bought_for: Decimal = NOTHING
    sold_for: Decimal = NOTHING
    margin: Decimal = NOTHING
    tax: Decimal = NOTHING
    unknown: int = 0

    def add(self, row: Row) -> None:
        self.pieces += 1
        self.bought_for += row.bought_for or NOTHING
        self.sold_for += row.sold_for or NOTHING
        self.margin += row.margin or NOTHING
        self.tax += row.tax or NOTHING
        self.unknown += row.lacks_price


def sums_of(rows: Iterable[Row]) -> Sums:
    sums = Sums()
    for row in rows:
        sums.add(row)
    return sums


@dataclass(frozen=True)
class Choice:
    """Which rows: bought or sold on these days, in stock or sold, by the margin scheme only."""

    by: str = "sale"
    start: date | None = None
    end: date | None = None
    state: str = "all"
    margin_only: bool = True

    def covers(self, day: date | None) -> bool:
        if self.start is None and self.end is None:
            return True
        return day is not None and (self.start or day) <= day <= (self.end or day)

    def takes(self, row: Row) -> bool:
        if self.margin_only and not row.is_margin:
            return False
        if (self.state == "sold" and not row.invoice) or (self.state == "stock" and row.invoice):
            return False
        return self.covers(row.sold_on if self.by == "sale" else row.bought_on)

    def pieces(self) -> PieceQuerySet:
        """The pieces that may be among them; `takes` looks at each row more closely."""
        pieces = Piece.objects.all()
        sold = InvoiceLine.objects.filter(piece=OuterRef("pk"), invoice__number__isnull=False)
        days = Q()
        field = "invoice__issued_at" if self.by == "sale" else "purchased_on"
        for name, day in (("gte", self.start), ("lt", self.end and self.end + timedelta(days=1))):
            if day:
                days &= Q(**{f"{field}__{name}": midnight(day) if self.by == "sale" else day})
        if self.by == "sale" and days:
            pieces = pieces.filter(Exists(sold.filter(days)))
        elif days:
            pieces = pieces.filter(days)
        if self.state == "stock":
            return pieces.filter(~Exists(sold), withdrawn_at=None)
        return pieces.filter(Exists(sold)) if self.state == "sold" else pieces


def stock_book(choice: Choice) -> Iterator[Row]:
    """The rows of a choice, by stock number's age; one query, streamed."""
    columns = [*OF_PIECE, *(f"invoice_lines__{name}" for name in OF_LINE)]
    joined = choice.pieces().order_by("pk", "invoice_lines__pk").values_list(*columns)
    for _pk, group in groupby(joined.iterator(chunk_size=CHUNK), key=itemgetter(0)):
        for row in rows_of([values[1:] for values in group]):
            if choice.takes(row):
                yield row


def rows_of(joined: list[tuple[Any, ...]]) -> Iterator[Row]:
    """The sales of one piece: an invoice with what credit notes took back from it is one."""
    number, thing, scheme, *bought, withdrawn_at = joined[0][: len(OF_PIECE) - 1]
    shared = {"stock_number": number, "thing": thing, "is_withdrawn": withdrawn_at is not None}
    shared |= dict(zip(("bought_on", "bought_from", "bought_for"), bought, strict=True))
    sales: dict[str, Row] = {}
    for line in (values[len(OF_PIECE) - 1 :] for values in joined):
        invoice, issued_at, corrects, line_scheme, rate, quantity, price = line
        if invoice is None:
            # A draft, or no line at all.
            continue
        sale = sales.setdefault(
            corrects or invoice,
            Row(**shared, is_margin=line_scheme == MARGIN, invoice=corrects or invoice, rate=rate),
        )
        if not corrects:
            sale.sold_on = timezone.localdate(issued_at)
        sale.sold_for = (sale.sold_for or NOTHING) + rounded(quantity * price)
    yield from sales.values() or [Row(**shared, is_margin=scheme == MARGIN)]
