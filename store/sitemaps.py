from datetime import datetime
from typing import Any, cast

from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.html import format_html_join

from store.models import Category, Item, ShopProfile
from typed.languages import in_language

# Addresses, for each page has one in every language and names the others: all of 5,000 things in
# six languages are 26 MB, and kept a process busy for half a minute whenever somebody asked.
LONGEST_FILE = 1200
VERSION = '<xhtml:link rel="alternate" hreflang="{}" href="{}"/>'


class InLanguages(Sitemap):
    """Each page in every language of the shop, which names the others.

    Django's own way would read all things to cut a page out of them times languages.
    """

    limit = LONGEST_FILE

    @property
    def paginator(self) -> Paginator:
        return Paginator(
            cast(Any, self.items()), self.limit // len(ShopProfile.for_pages().languages)
        )

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> Any:
        urls: Any = super().get_urls(page, site, protocol)
        languages = ShopProfile.for_pages().languages
        if len(languages) == 1:
            return urls
        return [each for url in urls for each in self.in_each(url, languages)]

    def in_each(self, url: dict[str, Any], languages: list[str]) -> list[dict[str, Any]]:
        path = cast(Any, self)._location(url["item"])
        start = url["location"].removesuffix(path)
        locations = {each: start + in_language(path, each) for each in languages}
        named = [*locations.items(), ("x-default", locations[languages[0]])]
        # The same for each of them: written once.
        versions = format_html_join("", VERSION, named)
        return [{**url, "location": at, "versions": versions} for at in locations.values()]


class ItemSitemap(InLanguages):
    """Every thing that has a page, the sold ones too."""

    def items(self) -> QuerySet[Item]:
        return Item.objects.published().only("slug", "updated_at").order_by("pk")

    def get_latest_lastmod(self) -> datetime | None:
        """Django would read all things for it."""
        latest: datetime | None = self.items().aggregate(at=Max("updated_at"))["at"]
        return latest

    def lastmod(self, item: Item) -> datetime:
        return item.updated_at


class CategorySitemap(InLanguages):
    def items(self) -> QuerySet[Category]:
        return Category.objects.all()


class PageSitemap(InLanguages):
    """The pages that every shop has."""

    def items(self) -> list[str]:
        return ["front", "list", "terms", "privacy", "imprint"]

    def location(self, item: str) -> str:
        return reverse(f"store:{item}")


SITEMAPS = {"pages": PageSitemap, "categories": CategorySitemap, "items": ItemSitemap}
