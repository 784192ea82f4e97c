"""What the database knows about the rows of one batch, in a fixed number of queries.

What is in the bin is known as well: its numbers and addresses are taken, and no row changes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count

from store.imports.addresses import item_slugs
from store.imports.rows import Row
from store.imports.shop_csv import OWN_PREFIX
from store.models import Category, Item, PastAddress, Piece


@dataclass
class Known:
    """Items are named by primary key throughout."""

    owner_of: dict[str, int]
    by_ref: dict[str, int]
    by_slug: dict[str, int]
    items: dict[int, Item]
    pieces_of: dict[int, int]
    categories: dict[str, Category]
    # Whether an address is taken, as far as it was asked.
    slugs: dict[str, bool]

    def has_slug(self, slug: str) -> bool:
        if slug not in self.slugs:
            self.slugs[slug] = slug in slugs_in_use([slug])
        return self.slugs[slug]

    def find(self, row: Row) -> Item | None:
        """The item that a row describes.

        Ours are known by a piece's stock number, whoever made it; those without
        pieces by what they were imported as, or by the address that an export gave them.
        """
        pk = self.owner_of.get(row.stock_number) if row.known_by_stock_number else None
        pk = pk or self.by_ref.get(row.ref)
        if row.known_by_stock_number:
            pk = pk or self.by_slug.get(row.stock_number)
        return self.items.get(pk) if pk else None


def look_up(rows: Sequence[Row], *, lock: bool) -> Known:
    numbers = {number for row in rows for number in row.stock_numbers}
    owner_of = dict(
        Piece.objects.filter(stock_number__in=numbers).values_list("stock_number", "item_id")
    )
    by_ref = dict(
        Item.with_bin.filter(import_ref__in={row.ref for row in rows}).values_list(
            "import_ref", "pk"
        )
    )
    by_slug = pieceless({row.stock_number for row in rows if row.known_by_stock_number})
    pks = {*owner_of.values(), *by_ref.values(), *by_slug.values()}
    # In order of primary key, as everything that locks several items.
    items = Item.with_bin.filter(pk__in=pks).order_by("pk")
    if lock:
        items = items.select_for_update(no_key=True)
    counts = Piece.objects.filter(item__in=pks).order_by().values_list("item")
    return Known(
        owner_of=owner_of,
        by_ref={ref: pk for ref, pk in by_ref.items() if ref},
        by_slug=by_slug,
        items={item.pk: item for item in items},
        pieces_of=dict(counts.annotate(number=Count("pk"))),
        categories={category.name.casefold(): category for category in Category.objects.all()},
        slugs=taken_slugs(rows),
    )


def pieceless(slugs: set[str]) -> dict[str, int]:
    """Items without pieces that were not imported by a stock number, by their address."""
    items = Item.with_bin.filter(slug__in=slugs, pieces=None)
    found = items.values_list("slug", "pk", "import_ref")
    return {slug: pk for slug, pk, ref in found if not (ref or "").startswith(OWN_PREFIX)}


def taken_slugs(rows: Sequence[Row]) -> dict[str, bool]:
    wanted = {slug for row in rows for slug in item_slugs(row.fields["title"], row.stock_number)}
    taken = slugs_in_use(wanted)
    return {slug: slug in taken for slug in wanted}


def slugs_in_use(slugs: Collection[str]) -> set[str]:
    """Those under which an item is found, also one that has another address by now."""
    items = Item.with_bin.filter(slug__in=slugs).values_list("slug", flat=True)
    past = PastAddress.objects.filter(slug__in=slugs, item__isnull=False)
    return {*items, *past.values_list("slug", flat=True)}
