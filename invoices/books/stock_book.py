"""The stock book: what was bought, what was sold, and the tax in the margin, piece by piece.

Under the margin scheme the tax is due not on the price but on what the shop earned by a piece:
the difference between selling and purchase price, with the tax in it. (Articles 312 to 325 of the
EU's VAT Directive 2006/112/EC, in Germany § 25a UStG, which also demands these records.)

- The selling price is all that the customer pays for it, shipping included (Article 312), less
  what credit notes took back. One of later days than those of the sale stands in a row of its own
  among these, see `sales`.
- The margin of a piece is never below nothing: a loss with one does not lessen the tax on
  another (§ 25a (3) UStG, the margin of the single piece).
- The tax is margin x rate / (100 + rate), rounded once for each piece, halves away from zero.

A piece whose price was taken back is a sale no more, wherever it is: it is to be sold again, beside
the sale that was taken back. What it was bought for stands with the one that counts: so columns add
up.
A piece whose purchase price nobody has written down has neither margin nor tax here, but a note;
so has one that was bought in another currency than it was sold in. Sums are of one currency each.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from invoices.books.choice import Choice, taken_back_pieces
from invoices.books.sales import IS_CORRECTION, KEY, NONE, OF_SALE, in_time, sales_of, totals_of
from invoices.books.stock_rows import Row, Sums
from invoices.models import NOTHING
from money.currency import shop_currency
from money.rounding import rounded
from store.models import PieceQuerySet

ROWS_PER_FETCH = 2000
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
OF_PIECE = {
    "number": "stock_number",
    "thing": "item__title",
    "bought_on": "purchased_on",
    "bought_from": "purchased_from",
    "withdrawn": "withdrawn_at",
    "purchase": "purchase_price",
    "purchase_in": "purchase_currency",
}
OF_ROW = [
    *("of_piece", "sale", *OF_PIECE, "currency", "by_scheme", "rate", "paper", "at", "corrected"),
    *("sold_after", "cost_after", "sold_before", "cost_before", "is_away"),
]


def never_sold(pieces: PieceQuerySet) -> QuerySet[Any, Any]:
    """Annotate what a row says of a piece without a sale."""
    found: QuerySet[Any, Any] = pieces.order_by().annotate(
        of_piece=F("pk"),
        sale=Value(None, output_field=IntegerField()),
        currency=F("purchase_currency"),
        by_scheme=F("item__tax_scheme"),
        paper=Value(""),
        at=Value(None, output_field=DateTimeField()),
        corrected=Value(""),
        cost_after=F("purchase_price"),
        is_away=Case(When(pk__in=taken_back_pieces(), then=True), default=False),
        **{name: F(field) for name, field in OF_PIECE.items()},
        **dict.fromkeys(["rate", "sold_after", "sold_before", "cost_before"], NONE),
    )
    return found


def rows_of(choice: Choice, pieces: Sequence[int] | None = None) -> QuerySet[Any, Any]:
    """All rows of a choice, or those of some pieces."""
    lines, unsold = choice.lines(), choice.unsold()
    if pieces is not None:
        lines, unsold = lines.filter(piece__in=pieces), unsold.filter(pk__in=pieces)
    columns: dict[str, Any] = {name: F(f"piece__{field}") for name, field in OF_PIECE.items()}
    columns["moment"] = F("moment")
    columns["first"] = Coalesce("invoice__corrects__number", "invoice__number")
    sales = with_papers(sales_of(lines, *choice.time, **columns), choice.since)
    sold = sales.annotate(is_away=Value(False))  # noqa: FBT003
    return in_order(sold.values_list(*OF_ROW), never_sold(unsold).values_list(*OF_ROW))


def with_papers(sales: QuerySet[Any, Any], since: datetime | None) -> QuerySet[Any, Any]:
    """Annotate which paper a row is about, and of when; of a correction also the number of what it
    corrects. Of several credit notes it names the last.
    """
    papers: dict[str, Any] = {"paper": F("first"), "at": F("moment"), "corrected": Value("")}
    if since:
        last = Max("invoice__number", filter=Q(invoice__issued_at__gte=since))
        papers = {
            "paper": Case(When(IS_CORRECTION, then=last), default=F("first")),
            "at": Case(When(IS_CORRECTION, then=F("latest")), default=F("moment")),
            "corrected": Case(When(IS_CORRECTION, then=F("first")), default=Value("")),
        }
    found: QuerySet[Any, Any] = sales.annotate(**papers)
    return found


def in_order(sold: QuerySet[Any, Any], unsold: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return sold.union(unsold, all=True).order_by("of_piece", "sale")


class StockBook:
    """The rows of a choice, oldest pieces first. The database counts and sums them."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice

    def __iter__(self) -> Iterator[Row]:
        """All of them, streamed; one query."""
        return (Row(*values) for values in self.rows.iterator(chunk_size=ROWS_PER_FETCH))

    def __getitem__(self, chosen: slice) -> list[Row]:
        """Which they are is found first, and what stands in them asked of their pieces alone."""
        keys = set(self.keys[chosen])
        pieces = [piece for piece, *_ in keys]
        rows = (Row(*values) for values in rows_of(self.choice, pieces))
        return [row for row in rows if row.key in keys]

    @property
    def keys(self) -> QuerySet[Any, Any]:
        """What tells the rows from each other, in their order."""
        lines = self.choice.lines().order_by()
        sold = lines.annotate(**{name: OF_SALE[name] for name in KEY}).values(*KEY).distinct()
        if self.choice.since:
            sold = in_time(sold, self.choice.since)
        return in_order(sold.values_list(*KEY), never_sold(self.choice.unsold()).values_list(*KEY))

    @property
    def rows(self) -> QuerySet[Any, Any]:
        return rows_of(self.choice)

    @property
    def count(self) -> int:
        return sum(sums.rows for sums in self.sums_by_currency.values())

    @property
    def sums(self) -> Sums:
        """What the rows come to that are in the shop's currency, or in the only one there is."""
        found = self.sums_by_currency
        return found.get(shop_currency()) or (next(iter(found.values())) if found else Sums())

    @cached_property
    def sums_by_currency(self) -> dict[str, Sums]:
        """Amounts of two currencies are never added; of one, this takes no query more."""
        lines, pieces = self.choice.lines(), self.choice.unsold()
        time = self.choice.time
        whole, of_rest = totals_of(lines, *time), rest_of(pieces)
        ends = {found[end] for found in (whole, of_rest) for end in ("first", "last")} - {None}
        if len(ends) <= 1:
            return {currency: sums_from(whole, of_rest, currency) for currency in ends}
        sold = lines.order_by().values_list("invoice__currency", flat=True).distinct()
        bought = pieces.order_by().values_list("purchase_currency", flat=True).distinct()
        found = {
            currency: sums_from(
                totals_of(lines.filter(invoice__currency=currency), *time),
                rest_of(pieces.filter(purchase_currency=currency)),
                currency,
            )
            for currency in sorted({*sold, *bought})
        }
        return {currency: sums for currency, sums in found.items() if sums.rows}


def rest_of(pieces: PieceQuerySet) -> dict[str, Any]:
    """The same of what was not sold."""
    currency = "purchase_currency"
    found: dict[str, Any] = pieces.aggregate(
        rows=Count("pk"), first=Min(currency), last=Max(currency), bought_for=Sum("purchase_price")
    )
    return found


def sums_from(sold: dict[str, Any], rest: dict[str, Any], currency: str) -> Sums:
    prefix = "sum_of_"
    amounts = {
        name.removeprefix(prefix): rounded(amount or NOTHING, currency)
        for name, amount in sold.items()
        if name.startswith(prefix)
    }
    # A margin is never below nothing: by so much it is more than sold less bought.
    amounts["loss"] = amounts["margin"] - amounts["sold_for"] + amounts["bought_for"]
    return Sums(
        rows=sold["rows"] + rest["rows"],
        unknown=sold["unknown"],
        stock_bought_for=rest["bought_for"] or NOTHING,
        **amounts,
    )
