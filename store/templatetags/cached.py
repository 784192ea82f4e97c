"""Fragments rendered once for their values: unlike `{% cache %}`, none ever goes stale."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from store.tiles import Tile

register = template.Library()
# A tile is about 1 kB, so that this stays within a few MB.
MAX_CACHED_FRAGMENTS = 4000
# As many pictures as are in sight when the page opens.
EAGER_PICTURES = 4


@register.simple_tag
def cached(template_name: str, **values: Any) -> SafeString:
    """Include a template that depends on nothing but the values, and render it once for them.

    It sees neither the request nor the context, so its HTML is right as long as the
    process lives. For what is shown on every page or in every list.
    """
    given = ((name, tuple(v) if isinstance(v, list) else v) for name, v in values.items())
    return way_to_render()(template_name, get_language(), tuple(given))


@register.simple_tag
def tile_list(tiles: Iterable[Tile], level: int, saved: Collection[int]) -> SafeString:
    """The tiles as list items, their titles as headings of a level; see `cached`.

    `saved` are the keys of the items that the visitor has saved.
    """
    render, language = way_to_render(), get_language()
    rows = [
        render(
            "store/_tile.html",
            language,
            (
                ("tile", tile),
                ("level", level),
                ("lazy", number >= EAGER_PICTURES),
                ("saved", tile.pk in saved),
            ),
        )
        for number, tile in enumerate(tiles)
    ]
    return mark_safe("".join(rows))  # noqa: S308 (the tiles are rendered templates)


def way_to_render() -> Callable[..., SafeString]:
    """Each time anew while templates are worked on."""
    return rendered.__wrapped__ if settings.DEBUG else rendered


@lru_cache(maxsize=MAX_CACHED_FRAGMENTS)
def rendered(
    template_name: str, language: str | None, values: tuple[tuple[str, Any], ...]
) -> SafeString:
    return SafeString(get_template(template_name).render(dict(values)))
