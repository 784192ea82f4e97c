"""What somebody wants to see of the catalogue, and in which order, as a query."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from store.models import Item
from store.search import matching
from store.tiles import AVAILABLE, LISTED


class Sort(TextChoices):
    NEW = "new", _("newest first")
    CHEAP = "price", _("price, low to high")
    DEAR = "-price", _("price, high to low")


ORDERS = {Sort.NEW: ["-pk"], Sort.CHEAP: ["price", "pk"], Sort.DEAR: ["-price", "-pk"]}


class Choices(NamedTuple):
    """What somebody wants to see of the catalogue; None leaves a choice open."""

    q: str | None = None
    available: bool | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    condition: str | None = None
    sort: str | None = None
    categories: tuple[int, ...] | None = None

    def rows(self) -> QuerySet[Item]:
        """Those of the listed items that fit, in the chosen order."""
        rows = matching(AVAILABLE if self.available else LISTED, self.q or "")
        wanted: dict[str, Any] = {
            "price__gte": self.price_from,
            "price__lte": self.price_to,
            "condition": self.condition,
            "category__in": self.categories,
        }
        given = {lookup: value for lookup, value in wanted.items() if value is not None}
        fitting: QuerySet[Item] = rows.filter(**given)
        return fitting.order_by(*ORDERS[Sort(self.sort or Sort.NEW)])
