from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from store.models import Category, Item

ITEMS_PER_FILE = 5000


class ItemSitemap(Sitemap):
    """Every thing that has a page, the sold ones too."""

    limit = ITEMS_PER_FILE

    def items(self) -> QuerySet[Item]:
        return Item.objects.published().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item: Item) -> datetime:
        return item.updated_at


class CategorySitemap(Sitemap):
    def items(self) -> QuerySet[Category]:
        return Category.objects.all()


class PageSitemap(Sitemap):
    """The pages that every shop has."""

    def items(self) -> list[str]:
        return ["front", "list", "terms", "privacy", "imprint"]

    def location(self, item: str) -> str:
        return reverse(f"store:{item}")


SITEMAPS = {"pages": PageSitemap, "categories": CategorySitemap, "items": ItemSitemap}
