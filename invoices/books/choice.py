"""Which rows of the stock book somebody wants to see."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from invoices.books.accounting import midnight
from invoices.books.sold_lines import lines_taken_back, sold_lines
from invoices.books.stock_rows import MARGIN
from invoices.models import Invoice, InvoiceLine
from store.models import Piece, PieceQuerySet


class Choice(NamedTuple):
    """Which rows: bought or sold on these days, in stock or sold, by the margin scheme only."""

    by: str = "sale"
    start: date | None = None
    end: date | None = None
    state: str = "all"
    margin_only: bool = True

    @property
    def has_days(self) -> bool:
        return bool(self.start or self.end)

    def bought(self, field: str) -> Q:
        days = Q(**{f"{field}__gte": self.start}) if self.start else Q()
        return days & Q(**{f"{field}__lte": self.end}) if self.end else days

    @property
    def since(self) -> datetime | None:
        """When the days of sale begin, if any are asked for."""
        return midnight(self.start) if self.by == "sale" and self.start else None

    @property
    def until(self) -> datetime | None:
        """When they are over: nothing that is issued later is in their rows."""
        over = self.end + timedelta(days=1) if self.by == "sale" and self.end else None
        return midnight(over) if over else None

    @property
    def time(self) -> tuple[datetime | None, datetime | None]:
        return self.since, self.until

    def lines(self) -> QuerySet[InvoiceLine]:
        """The lines of what was sold, those of credit notes included.

        Of what was sold before the days that are asked for, all lines of each invoice that was
        corrected since: `sales.sales_of` tells what these days have changed.
        """
        moment = Coalesce("invoice__corrects__issued_at", "invoice__issued_at")
        lines = sold_lines(self.until).annotate(moment=moment)
        if self.state == "stock":
            return lines.none()
        if self.margin_only:
            lines = lines.filter(scheme=MARGIN)
        if self.by == "purchase":
            return lines.filter(self.bought("piece__purchased_on"))
        if self.since is None:
            return lines
        notes = Invoice.objects.filter(corrects__isnull=False, issued_at__gte=self.since)
        ids = notes.values("corrects")
        corrected = Q(invoice__in=ids) | Q(invoice__corrects__in=ids)
        return lines.filter(Q(moment__gte=self.since) | corrected)

    def unsold(self) -> PieceQuerySet:
        """The pieces without a sale, or back from it; they have no day of sale.

        In stock are those of them that are here: what was taken back may be on its way still.
        """
        if self.state == "sold" or (self.by == "sale" and self.has_days):
            return Piece.objects.none()
        billed = sold_lines().filter(piece=OuterRef("pk"), invoice__order=OuterRef("order"))
        if self.state != "stock":
            billed = billed.exclude(piece__in=taken_back_pieces())
        pieces = Piece.objects.filter(~Exists(billed))
        if self.margin_only:
            pieces = pieces.filter(item__tax_scheme=MARGIN)
        if self.state == "stock":
            pieces = pieces.filter(withdrawn_at=None)
        return pieces.filter(self.bought("purchased_on"))


def taken_back_pieces() -> QuerySet[Any, Any]:
    """Those whose price was taken back, and that have not been put on sale again since."""
    lines = InvoiceLine.objects.filter(pk__in=lines_taken_back(), piece__isnull=False)
    return lines.filter(invoice__order=F("piece__order")).values("piece")
