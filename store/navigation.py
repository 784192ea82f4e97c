"""The categories in the header of every page, kept in the cache."""

from typing import NamedTuple

from django.core.cache import cache

from store.models import Category

KEY = "store.navigation"
# Other processes see a changed category after this time; the one that changed it, at once.
CACHE_SECONDS = 60


class CategoryLink(NamedTuple):
    pk: int
    name: str
    slug: str
    url: str


def category_link(category: Category) -> CategoryLink:
    return CategoryLink(category.pk, category.name, category.slug, category.get_absolute_url())


def category_links() -> list[CategoryLink]:
    """Return all categories in their order, without a query most of the time."""
    links: list[CategoryLink] | None = cache.get(KEY)
    if links is None:
        links = [category_link(category) for category in Category.objects.all()]
        cache.set(KEY, links, CACHE_SECONDS)
    return links


def forget_category_links() -> None:
    cache.delete(KEY)
