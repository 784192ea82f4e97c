"""What sales of pieces came to in some time, and the tax in their margins.

What a sale comes to changes with the credit notes about it. A row is what it came to when the time
was over, less what it had come to when the time began: for a sale of that time this is the sale,
for one of before it is what the notes of that time have corrected. (§ 17 (1) sentence 8 UStG,
Article 90 of the EU's VAT Directive: a change is accounted for when it happens.) So the rows of
times that follow each other add up, and no later note changes those of a time that is over.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, NullIf, Round

from invoices.books.sold_lines import lines_taken_back
from invoices.books.stock_rows import MARGIN
from invoices.models import NOTHING, InvoiceLine
from money.columns import AmountColumn, decimals_in_query
from money.currency import MOST_DECIMALS

AMOUNT: AmountColumn = AmountColumn()
ZERO = Value(NOTHING, output_field=AMOUNT)
# With its type, which a subquery on PostgreSQL would not know.
NONE = Cast(Value(None), output_field=AMOUNT)
# What a sale says of itself, and what is read of its piece.
OF_SALE: dict[str, Any] = {
    "of_piece": F("piece_id"),
    "sale": Coalesce("invoice__corrects_id", "invoice_id"),
    "by_scheme": F("scheme"),
    "rate": F("tax_rate"),
    "currency": F("invoice__currency"),
    "cost": Case(
        When(piece__purchase_currency=F("invoice__currency"), then=F("piece__purchase_price"))
    ),
}
# What tells one row from another; the order of the fields of a row.
KEY = ["of_piece", "sale", "by_scheme", "rate"]
# A tax of half a cent is that exactly, and no other is as near to it as this. SQLite counts with
# binary fractions, and would round some of the halves down.
HAIR = Decimal("0.0000001")
IS_CORRECTION = Q(sold_before__isnull=False)


def sales_of(
    lines: QuerySet[InvoiceLine], since: datetime | None, until: datetime | None, **columns: Any
) -> QuerySet[Any, Any]:
    """A row for each sale that was made or corrected in this time.

    With what was paid for it when this time was over (`sold_after`), and what its piece had cost
    unless it was taken back (`cost_after`); and the same when it began, None of a sale of this
    time. `lines` are those that were issued before its end. What margin and tax come to of that,
    `totals_of` and `stock_rows.Row` say alike.
    """
    decimals: Any = decimals_in_query("invoice__currency")
    paid = Round(F("quantity") * F("price"), decimals)
    grouped = lines.order_by().annotate(**OF_SALE, **columns).values(*OF_SALE, *columns)
    sales: QuerySet[Any, Any] = grouped.annotate(
        sold_after=Sum(paid, output_field=AMOUNT),
        cost_after=Max("cost", filter=still_sold(until), output_field=AMOUNT),
    )
    before: dict[str, Any] = {"sold_before": NONE, "cost_before": NONE}
    if since:
        earlier = Q(invoice__issued_at__lt=since)
        sales = in_time(sales, since)
        before = {
            "sold_before": Sum(paid, filter=earlier, output_field=AMOUNT),
            "cost_before": Max("cost", filter=earlier & still_sold(since), output_field=AMOUNT),
        }
    found: QuerySet[Any, Any] = sales.annotate(**before)
    return found


def in_time(sales: QuerySet[Any, Any], since: datetime) -> QuerySet[Any, Any]:
    """Those of which something was issued since then."""
    found: QuerySet[Any, Any] = sales.annotate(latest=Max("invoice__issued_at"))
    return found.filter(latest__gte=since)


def still_sold(moment: datetime | None) -> Q:
    """Whether a line is of an invoice whose thing was not taken back before a moment.

    Nor otherwise, as a gift, of which there is no price to take back: a piece that left its order
    was bought for the sale to come, not twice. (One that is taken back later had not left by then.)
    """
    billed = Q(corrects=None) & ~Q(pk__in=lines_taken_back(moment))
    has_it = Q(piece__order=F("invoice__order"))
    return billed & (has_it | Q(pk__in=lines_taken_back()) if moment else has_it)


def totals_of(
    lines: QuerySet[InvoiceLine], since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    """What sales come to, and the first and last of their currencies in the alphabet."""
    scheme = Q(by_scheme=MARGIN)
    known, other = scheme & Q(cost__isnull=False), ~scheme
    unknown = scheme & Q(cost=None)
    sold, bought = change_of("sold"), change_of("cost")
    found: dict[str, Any] = sales_of(lines, since, until).aggregate(
        rows=Count("of_piece"),
        first=Min("currency"),
        last=Max("currency"),
        unknown=Count(NullIf(Round(sold, MOST_DECIMALS), ZERO), filter=unknown),
        sum_of_sold_for=Sum(sold, filter=known, output_field=AMOUNT),
        sum_of_bought_for=Sum(bought, filter=known, output_field=AMOUNT),
        sum_of_margin=Sum(margin("after") - margin("before"), filter=known, output_field=AMOUNT),
        sum_of_tax=Sum(tax("after") - tax("before"), filter=known, output_field=AMOUNT),
        sum_of_unknown_sold_for=Sum(sold, filter=unknown, output_field=AMOUNT),
        sum_of_other_sold_for=Sum(sold, filter=other, output_field=AMOUNT),
        sum_of_other_bought_for=Sum(bought, filter=other, output_field=AMOUNT),
    )
    return found


def or_nothing(name: str) -> Coalesce:
    return Coalesce(name, ZERO, output_field=AMOUNT)


def change_of(name: str) -> Any:
    return or_nothing(f"{name}_after") - or_nothing(f"{name}_before")


def margin(when: str) -> Greatest:
    """What had been earned by a sale by then: never less than nothing."""
    earned = or_nothing(f"sold_{when}") - or_nothing(f"cost_{when}")
    return Greatest(earned, ZERO, output_field=AMOUNT)


def tax(when: str) -> Round:
    exact = margin(when) * F("rate") / (100 + F("rate")) + Value(HAIR)
    return Round(exact, decimals_in_query("currency"), output_field=AMOUNT)  # type: ignore[arg-type]
