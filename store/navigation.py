"""The categories in the header of every page, kept in the cache."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language

from store.generation import key_of, keys_of
from store.models import Category

# Other processes see a changed category after this time; the one that changed it, at once.
CACHE_SECONDS = 60
CATEGORIES_IN_BAR = 6


class CategoryLink(NamedTuple):
    pk: int
    name: str
    slug: str
    url: str
    subcategories: tuple["CategoryLink", ...] = ()

    @property
    def urls(self) -> list[str]:
        """Addresses of its parts."""
        return [part.url for part in self.subcategories]

    @property
    def pks(self) -> tuple[int, ...]:
        """Of itself and of its parts: their things are in its list."""
        return (self.pk, *(part.pk for part in self.subcategories))


class Menu(tuple[CategoryLink, ...]):
    """The categories that are part of no other. The bar has room for the first of them."""

    __slots__ = ()

    @property
    def in_bar(self) -> tuple[CategoryLink, ...]:
        return self[:CATEGORIES_IN_BAR]

    @property
    def goes_on(self) -> bool:
        """Whether there is more than the bar shows."""
        return len(self) > CATEGORIES_IN_BAR or any(link.subcategories for link in self)


def category_link(category: Category, parts: tuple[CategoryLink, ...] = ()) -> CategoryLink:
    url = category.get_absolute_url()
    return CategoryLink(category.pk, category.translated.name, category.slug, url, parts)


def category_links() -> Menu:
    """Return the categories with their parts, in their order, without a query most of the time."""
    key = key_of(name_in(str(get_language())))
    links: Menu | None = cache.get(key)
    if links is None:
        links = read_links()
        cache.set(key, links, CACHE_SECONDS)
    return links


def name_in(language: str) -> str:
    """Addresses are those of a language."""
    return f"store.navigation.3.{language}"


def read_links() -> Menu:
    parts = defaultdict(list)
    categories = list(Category.objects.all())
    for category in categories:
        if category.parent_id:
            parts[category.parent_id].append(category_link(category))
    return Menu(
        category_link(category, tuple(parts[category.pk]))
        for category in categories
        if not category.parent_id
    )


def with_parents() -> Iterator[tuple[CategoryLink, CategoryLink | None]]:
    """Each category, with the one that it is part of."""
    for link in category_links():
        yield link, None
        for part in link.subcategories:
            yield part, link


def forget_category_links() -> None:
    names = [name_in(code) for code, _name in settings.LANGUAGES]
    cache.delete_many([key for name in names for key in keys_of(name)])
