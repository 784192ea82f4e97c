"""What somebody wants to see of the catalogue, and in which order, as a query."""

from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, Self

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from store.facets import LABELS, LONGEST_SIDE, Facet, condition_of, facets_of
from store.models import Item, ItemQuerySet
from store.search import matching, to_be_ranked, with_relevance
from store.search.correcting import corrected
from store.tiles import AVAILABLE, LISTED, TILES


class Sort(TextChoices):
    BEST = "best", _("best match first")
    NEW = "new", _("newest first")
    CHEAP = "price", _("price, low to high")
    DEAR = "-price", _("price, high to low")


# Of so many matches, the newest, the best are shown first: to rank all that a common word finds
# takes 0.5 s in a shop of 100,000 things. Whoever wants to see all chooses another order.
MATCHES_RANKED = 1000
# By nothing that a hold changes: pages of a list are kept until a thing changes.
ORDERS: dict[str, list[Any]] = {
    Sort.BEST: ["relevance", "-pk"],
    Sort.NEW: ["-pk"],
    Sort.CHEAP: ["price", "pk"],
    Sort.DEAR: ["-price", "-pk"],
}


class Choices(NamedTuple):
    """What somebody wants to see of the catalogue; None leaves a choice open."""

    q: str | None = None
    available: bool | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    condition: str | None = None
    sort: str | None = None
    maker: str | None = None
    period: str | None = None
    material: str | None = None
    size: str | None = None
    categories: tuple[int, ...] | None = None

    @property
    def in_facets(self) -> dict[str, str]:
        """What is chosen of the facets, by their names."""
        return {name: value for name in LABELS if (value := getattr(self, name))}

    @property
    def without_facets(self) -> Self:
        return self._replace(**dict.fromkeys(LABELS))

    def facets(self) -> tuple[Facet, ...]:
        """What the list can be narrowed by, beside what is chosen already."""
        rest = self.without_facets._replace(sort=Sort.NEW)
        by_any = rest._replace(categories=None) != Choices(sort=Sort.NEW)
        rows = partial(rest.rows, self.plain())
        return facets_of(rows, self.in_facets, rest, by_any=by_any)

    def plain(self) -> ItemQuerySet:
        """What is shown at all, without what tiles need of it."""
        return Item.objects.available() if self.available else Item.objects.listed()

    def rows(self, items: ItemQuerySet | None = None) -> QuerySet[Item]:
        """Those of the items, or else of all tiles, that fit, in the chosen order."""
        if items is None:
            items = self.tiles()
        if self.order == Sort.BEST:
            words = self.q or ""
            found = to_be_ranked(self.fitting(self.plain()), words, most=MATCHES_RANKED)
            items = with_relevance(items.filter(pk__in=found), words)
        else:
            items = self.fitting(matching(items, self.q or ""))
        return items.order_by(*ORDERS[self.order])

    def tiles(self) -> ItemQuerySet:
        """With what tiles need; of what is ranked is known already that it is shown at all."""
        if self.order == Sort.BEST:
            return TILES
        return AVAILABLE if self.available else LISTED

    def meant(self) -> str:
        """The words that somebody may have meant whose words find nothing; empty if none do."""
        return corrected(self.fitting(self.plain()), self.q or "")

    def fitting(self, rows: Any) -> Any:
        """Those of the rows that have what is chosen beside words."""
        wanted: dict[str, Any] = {
            "price__gte": self.price_from,
            "price__lte": self.price_to,
            "condition": self.condition,
            "category__in": self.categories,
        }
        given = {lookup: value for lookup, value in wanted.items() if value is not None}
        rows = rows.filter(**given)
        if self.size:
            rows = rows.annotate(longest_side=LONGEST_SIDE)
        for facet, value in self.in_facets.items():
            rows = rows.filter(condition_of(facet, value))
        return rows

    @property
    def order(self) -> str:
        """The best match first when words are asked for, unless something else is chosen."""
        if self.q:
            return self.sort or Sort.BEST
        return Sort.NEW if self.sort in {None, Sort.BEST} else str(self.sort)
