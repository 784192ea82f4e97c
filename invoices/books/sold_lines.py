"""The lines of invoices and credit notes that the stock book is made of."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from invoices.models import InvoiceLine

# Less than any amount: SQLite counts with binary fractions.
LITTLE = Decimal("0.0001")


def sold_lines(until: datetime | None = None) -> QuerySet[InvoiceLine]:
    """The lines about pieces of all that was issued (before a moment): drafts are no sales."""
    lines = InvoiceLine.objects.filter(piece__isnull=False, invoice__number__isnull=False)
    return lines.filter(invoice__issued_at__lt=until) if until else lines


def lines_taken_back(until: datetime | None = None) -> QuerySet[Any, Any]:
    """The lines of invoices about things whose whole price credit notes had taken back by then.

    With those of their shipping, which may be kept. From then on such a thing is to be sold again.
    When it is seen again is of no matter to the book: only papers change it, and they have a day.
    """
    goods, notes = "invoice__lines", "invoice__lines__corrections"
    # The line of a thing comes before those of its discount and its shipping.
    before = InvoiceLine.objects.filter(
        invoice=OuterRef("invoice"), piece=OuterRef("piece"), pk__lt=OuterRef(goods)
    )
    issued_at = f"{notes}__invoice__issued_at"
    issued: dict[str, Any] = (
        {f"{issued_at}__lt": until} if until else {f"{issued_at}__isnull": False}
    )
    # Said though it goes without saying: most lines take nothing back, and the database begins with
    # the few that do.
    issued[f"{notes}__corrects__isnull"] = False
    of_notes = InvoiceLine.objects.filter(~Exists(before), piece=F(f"{goods}__piece"), **issued)
    taken = Sum(F(f"{notes}__quantity") * F(f"{notes}__price"))
    left: Any = F(f"{goods}__quantity") * F(f"{goods}__price") + taken
    lines: QuerySet[Any, Any] = of_notes.order_by().values("pk", goods).annotate(left=left)
    return lines.filter(left__range=(-LITTLE, LITTLE)).values("pk")
