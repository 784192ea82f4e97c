from datetime import datetime
from typing import Any, cast

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from store.models import Category, Item, ShopProfile
from typed.languages import in_language

ITEMS_PER_FILE = 5000


class InLanguages(Sitemap):
    """Each page in every language of the shop, which names the others.

    Django's own way would read all things to cut a page out of them times languages.
    """

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
        alternates = [{"location": at, "lang_code": code} for code, at in locations.items()]
        alternates.append({"location": locations[languages[0]], "lang_code": "x-default"})
        return [{**url, "location": at, "alternates": alternates} for at in locations.values()]


class ItemSitemap(InLanguages):
    """Every thing that has a page, the sold ones too."""

    limit = ITEMS_PER_FILE

    def items(self) -> QuerySet[Item]:
        return Item.objects.published().only("slug", "updated_at").order_by("pk")

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
