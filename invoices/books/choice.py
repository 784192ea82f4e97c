"""Which rows of the stock book somebody wants to see."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from invoices.books.accounting import midnight
from invoices.books.stock_rows import MARGIN
from invoices.models import InvoiceLine
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

    def sold(self, field: str) -> Q:
        days = Q(**{f"{field}__gte": midnight(self.start)}) if self.start else Q()
        after = self.end and midnight(self.end + timedelta(days=1))
        return days & Q(**{f"{field}__lt": after}) if after else days

    def lines(self) -> QuerySet[InvoiceLine]:
        """The lines of what was sold, those of credit notes included: drafts are no sales."""
        lines = sold_lines().annotate(
            moment=Coalesce("invoice__corrects__issued_at", "invoice__issued_at")
        )
        if self.state == "stock":
            return lines.none()
        if self.margin_only:
            lines = lines.filter(scheme=MARGIN)
        if self.by == "sale":
            return lines.filter(self.sold("moment"))
        return lines.filter(self.bought("piece__purchased_on"))

    def unsold(self) -> PieceQuerySet:
        """The pieces without a sale, or back from it; they have no day of sale."""
        if self.state == "sold" or (self.by == "sale" and self.has_days):
            return Piece.objects.none()
        billed = sold_lines().filter(piece=OuterRef("pk"), invoice__order=OuterRef("order"))
        pieces = Piece.objects.filter(~Exists(billed))
        if self.margin_only:
            pieces = pieces.filter(item__tax_scheme=MARGIN)
        if self.state == "stock":
            pieces = pieces.filter(withdrawn_at=None)
        return pieces.filter(self.bought("purchased_on"))


def sold_lines() -> QuerySet[InvoiceLine]:
    return InvoiceLine.objects.filter(piece__isnull=False, invoice__number__isnull=False)
