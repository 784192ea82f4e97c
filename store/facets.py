"""What the things of a list can be narrowed by, and how many there are of each.

One query reads what the facets are made of; the counts of a facet heed what is chosen in the
others, so that no choice leads to an empty page. Kept for a minute for each list.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from store.generation import key_of
from store.models import Item

CACHE_SECONDS = 60
# Beyond that many different rows, counting them would take longer than the page.
MOST_ROWS = 20_000
# A list of choices longer than that is no help.
CHOICES_PER_FACET = 40
SEPARATOR = re.compile(r"\s*[,;]\s*")
# The longest side in cm, up to and including.
SIZES = {"10": _("up to 10 cm"), "30": _("up to 30 cm"), "100": _("up to 1 m")}
LARGER = "100+"
LONGEST_SIDE = Greatest(
    *(Coalesce(F(side), Decimal(0)) for side in ("height_cm", "width_cm", "depth_cm"))
)


class Row(NamedTuple):
    """Things that are alike in all that facets ask for."""

    maker: str
    period: str
    materials: frozenset[str]
    side: Decimal
    number: int

    def has(self, facet: str, wanted: str) -> bool:
        if facet == "material":
            return wanted.lower() in self.materials
        if facet == "size":
            return wanted in sizes_of(self.side)
        return bool(getattr(self, facet) == wanted)

    def values(self, facet: str) -> Iterable[str]:
        if facet == "material":
            return self.materials
        if facet == "size":
            return sizes_of(self.side)
        return filter(None, [getattr(self, facet)])


class Option(NamedTuple):
    """The labels are looked up: lazy words are slow to fetch from a cache."""

    facet: str
    value: str
    things: int
    chosen: bool

    @property
    def label(self) -> Any:
        return SIZES.get(self.value, _("over 1 m")) if self.facet == "size" else self.value


class Facet(NamedTuple):
    name: str
    options: tuple[Option, ...]

    @property
    def label(self) -> Any:
        return LABELS[self.name]


LABELS = {
    "maker": _("Maker"),
    "period": _("Period"),
    "material": _("Material"),
    "size": _("Size"),
}


def sizes_of(side: Decimal) -> list[str]:
    if not side:
        return []
    return [size for size in SIZES if side <= int(size)] or [LARGER]


def condition_of(facet: str, wanted: str) -> Q:
    """The rows of the database that `Row.has` the same for."""
    if facet == "material":
        return Q(materials__iregex=rf"(^|[,;])\s*{re.escape(wanted)}\s*($|[,;])")
    if facet == "size":
        given = Q(longest_side__gt=0)
        return given & (
            Q(longest_side__gt=100) if wanted == LARGER else Q(longest_side__lte=wanted)
        )
    return Q(**{facet: wanted})


def facets_of(
    rows: Callable[[], QuerySet[Item]], chosen: dict[str, str], key: Any, *, by_any: bool
) -> tuple[Facet, ...]:
    """The facets of a list: `rows` without what is chosen in them, and `key`, which names it.

    `by_any`: which rows these are hangs on what any change of a thing may change.
    """
    name = f"store.facets:{hash((key, get_language(), *chosen.items()))}"
    kept = key_of(name, by_any=by_any)
    facets: tuple[Facet, ...] | None = cache.get(kept)
    if facets is None:
        found = read(rows())
        every = (facet_of(name, found, chosen) for name in LABELS)
        facets = tuple(facet for facet in every if facet.options)
        cache.set(kept, facets, CACHE_SECONDS)
    return facets


def read(rows: QuerySet[Item]) -> list[Row]:
    columns = rows.order_by().annotate(longest_side=LONGEST_SIDE)
    groups = columns.values_list("maker", "period", "materials", "longest_side")
    found = list(groups.annotate(count=Count("pk"))[: MOST_ROWS + 1])
    return [] if len(found) > MOST_ROWS else [row_of(*values) for values in found]


def row_of(maker: str, period: str, materials: str, side: Decimal, number: int) -> Row:
    words = frozenset(filter(None, SEPARATOR.split(materials.lower().strip())))
    return Row(maker, period, words, side, number)


def facet_of(name: str, rows: list[Row], chosen: dict[str, str]) -> Facet:
    counts: Counter[str] = Counter()
    others = {other: value for other, value in chosen.items() if other != name}
    for row in rows:
        if all(row.has(other, value) for other, value in others.items()):
            counts.update(dict.fromkeys(row.values(name), row.number))
    wanted = chosen.get(name, "")
    if name == "material":
        wanted = wanted.lower()
    if wanted and wanted not in counts:
        counts[wanted] = 0
    options = (
        Option(name, value, counts[value], value == wanted) for value in order(name, counts, wanted)
    )
    return Facet(name, tuple(options))


def order(name: str, counts: Counter[str], wanted: str) -> list[str]:
    """Sizes as they grow, the others as the alphabet has the most frequent of them."""
    if name == "size":
        return [size for size in [*SIZES, LARGER] if size in counts]
    most = {*dict(counts.most_common(CHOICES_PER_FACET)), *filter(None, [wanted])}
    return sorted(most, key=str.casefold)
