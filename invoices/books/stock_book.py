"""The stock book: what was bought, what was sold, and the tax in the margin, piece by piece.

Under the margin scheme the tax is due not on the price but on what the shop earned by a piece:
the difference between selling and purchase price, with the tax in it. (Articles 312 to 325 of the
EU's VAT Directive 2006/112/EC, in Germany § 25a UStG, which also demands these records.)

- The selling price is all that the customer pays for it, shipping included (Article 312), less
  what credit notes took back.
- The margin of a piece is never below nothing: a loss with one does not lessen the tax on
  another (§ 25a (3) UStG, the margin of the single piece).
- The tax is margin x rate / (100 + rate), rounded once for each piece, halves away from zero.

A piece that came back (`invoices.orders.returns`) is in stock again, beside the sale that was
taken back. What it was bought for stands with the one that counts: so columns add up.
A piece whose purchase price nobody has written down has neither margin nor tax here, but a note;
so has one that was bought in another currency than it was sold in. Sums are of one currency each.
"""

from collections.abc import Iterator
from decimal import Decimal
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
from django.db.models.functions import Coalesce, Greatest, Round
from django.utils.translation import gettext_lazy

from invoices.books.choice import Choice
from invoices.books.stock_rows import MARGIN, Row, Sums
from invoices.models import NOTHING, InvoiceLine
from money.columns import AmountColumn, decimals_in_query
from money.currency import shop_currency
from money.rounding import rounded
from store.models import PieceQuerySet

ROWS_PER_FETCH = 2000
AMOUNT: AmountColumn = AmountColumn()
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
# What a sale says of itself, and what is read of its piece.
OF_SALE: dict[str, Any] = {
    "of_piece": F("piece_id"),
    "sale": Coalesce("invoice__corrects_id", "invoice_id"),
    "by_scheme": F("scheme"),
    "rate": F("tax_rate"),
    "came_back": Case(
        When(piece__order=Coalesce("invoice__order", "invoice__corrects__order"), then=False),
        default=True,
    ),
    "currency": F("invoice__currency"),
    # A piece that is here again was bought for the sale to come, not twice.
    "bought_for": Case(
        When(
            came_back=False,
            piece__purchase_currency=F("invoice__currency"),
            then=F("piece__purchase_price"),
        )
    ),
}
OF_PIECE = {
    "number": "stock_number",
    "thing": "item__title",
    "bought_on": "purchased_on",
    "bought_from": "purchased_from",
    "withdrawn": "withdrawn_at",
    "purchase": "purchase_price",
    "purchase_in": "purchase_currency",
}
# What tells one row from another; the order of the fields of a row.
KEY = ["of_piece", "sale", "by_scheme", "rate"]
OF_ROW = [
    *("of_piece", "sale", *OF_PIECE, "currency", "by_scheme", "bought_for"),
    *("invoice_number", "moment", "rate", "sold_for", "margin", "tax", "came_back"),
]
# A tax of half a cent is that exactly, and no other is as near to it as this. SQLite counts with
# binary fractions, and would round some of the halves down.
HAIR = Decimal("0.0000001")


def sales_of(lines: QuerySet[InvoiceLine], **columns: Any) -> QuerySet[Any, Any]:
    """An invoice with what credit notes took back from it is one sale of a piece."""
    decimals: Any = decimals_in_query("invoice__currency")
    known = Q(by_scheme=MARGIN) & (Q(bought_for__isnull=False) | Q(came_back=True))
    cost = Coalesce("bought_for", Value(NOTHING))
    margin = Greatest(F("sold_for") - cost, Value(NOTHING))
    tax = F("margin") * F("rate") / (100 + F("rate")) + Value(HAIR)
    sales: QuerySet[Any, Any] = (
        lines.order_by()
        .annotate(**OF_SALE, **columns)
        .values(*OF_SALE, *columns)
        .annotate(sold_for=Sum(Round(F("quantity") * F("price"), decimals), output_field=AMOUNT))
        .annotate(margin=Case(When(known, then=margin), output_field=AMOUNT))
        .annotate(tax=Round(tax, decimals_in_query("currency"), output_field=AMOUNT))  # type: ignore[arg-type]
    )
    return sales


def never_sold(pieces: PieceQuerySet) -> QuerySet[Any, Any]:
    """Annotate what a row says of a piece without a sale."""
    nothing = Value(None, output_field=AMOUNT)
    found: QuerySet[Any, Any] = pieces.order_by().annotate(
        of_piece=F("pk"),
        sale=Value(None, output_field=IntegerField()),
        currency=F("purchase_currency"),
        by_scheme=F("item__tax_scheme"),
        bought_for=F("purchase_price"),
        invoice_number=Value(""),
        moment=Value(None, output_field=DateTimeField()),
        **{name: F(field) for name, field in OF_PIECE.items()},
        came_back=Value(False),  # noqa: FBT003
        **dict.fromkeys(["rate", "sold_for", "margin", "tax"], nothing),
    )
    return found


def rows_of(lines: QuerySet[InvoiceLine], pieces: PieceQuerySet) -> QuerySet[Any, Any]:
    sold = sales_of(
        lines,
        moment=F("moment"),
        invoice_number=Coalesce("invoice__corrects__number", "invoice__number"),
        **{name: F(f"piece__{field}") for name, field in OF_PIECE.items()},
    )
    return in_order(sold.values_list(*OF_ROW), never_sold(pieces).values_list(*OF_ROW))


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
        lines, unsold = self.choice.lines(), self.choice.unsold()
        rows = rows_of(lines.filter(piece__in=pieces), unsold.filter(pk__in=pieces))
        return [row for row in (Row(*values) for values in rows) if row.key in keys]

    @property
    def keys(self) -> QuerySet[Any, Any]:
        """What tells the rows from each other, in their order."""
        lines = self.choice.lines().order_by()
        of_sale = {name: OF_SALE[name] for name in KEY}
        sold = lines.annotate(**of_sale).values_list(*KEY).distinct()
        return in_order(sold, never_sold(self.choice.unsold()).values_list(*KEY))

    @property
    def rows(self) -> QuerySet[Any, Any]:
        return rows_of(self.choice.lines(), self.choice.unsold())

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
        whole, of_rest = totals_of(lines), rest_of(pieces)
        ends = {found[end] for found in (whole, of_rest) for end in ("first", "last")} - {None}
        if len(ends) <= 1:
            return {currency: sums_from(whole, of_rest, currency) for currency in ends}
        sold = lines.order_by().values_list("invoice__currency", flat=True).distinct()
        bought = pieces.order_by().values_list("purchase_currency", flat=True).distinct()
        return {
            currency: sums_from(
                totals_of(lines.filter(invoice__currency=currency)),
                rest_of(pieces.filter(purchase_currency=currency)),
                currency,
            )
            for currency in sorted({*sold, *bought})
        }


def totals_of(lines: QuerySet[InvoiceLine]) -> dict[str, Any]:
    """What sales come to, and the first and last of their currencies in the alphabet."""
    known, other = Q(margin__isnull=False), ~Q(by_scheme=MARGIN)
    unknown = Q(by_scheme=MARGIN, margin=None)
    at_loss = known & Q(sold_for__lt=F("bought_for"))
    found: dict[str, Any] = sales_of(lines).aggregate(
        rows=Count("of_piece"),
        first=Min("currency"),
        last=Max("currency"),
        unknown=Count("of_piece", filter=unknown & ~Q(sold_for=0)),
        sum_of_sold_for=Sum("sold_for", filter=known),
        sum_of_bought_for=Sum("bought_for", filter=known),
        sum_of_loss=Sum(F("bought_for") - F("sold_for"), filter=at_loss),
        sum_of_margin=Sum("margin"),
        sum_of_tax=Sum("tax"),
        sum_of_unknown_sold_for=Sum("sold_for", filter=unknown),
        sum_of_other_sold_for=Sum("sold_for", filter=other),
        sum_of_other_bought_for=Sum("bought_for", filter=other),
    )
    return found


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
    return Sums(
        rows=sold["rows"] + rest["rows"],
        unknown=sold["unknown"],
        stock_bought_for=rest["bought_for"] or NOTHING,
        **amounts,
    )
