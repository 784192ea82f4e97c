"""The same page in the other languages of the shop."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.utils.translation import get_language, gettext, override

from typed.languages import in_language, own_names

register = template.Library()


class Version(NamedTuple):
    """A page in a language, which is called by its own name; its readers are offered it so."""

    code: str
    name: str
    url: str
    address: str
    is_shown: bool
    offer: str


@register.simple_tag(takes_context=True)
def versions(context: Mapping[str, Any]) -> list[Version]:
    """This page in each language; none where there is but one, or no address."""
    request, shop = context.get("request"), context.get("shop")
    if not (request and shop and shop.further_languages):
        return []
    return list(versions_of(request, shop.languages))


class Choice(NamedTuple):
    code: str
    name: str
    is_shown: bool


@register.simple_tag
def all_languages() -> list[Choice]:
    """What staff may read their pages in."""
    return [Choice(code, name, code == get_language()) for code, name in settings.LANGUAGES]


def versions_of(request: Any, languages: list[str]) -> Iterator[Version]:
    shown = get_language()
    query = request.META["QUERY_STRING"] if request.method == "GET" else ""
    for code, name in own_names(languages).items():
        url = in_language(request.path, code)
        with override(code):
            offer = gettext("This page is also there in your language.")
        yield Version(
            code,
            name,
            f"{url}?{query}" if query else url,
            request.build_absolute_uri(url),
            code == shown,
            offer,
        )
