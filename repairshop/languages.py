"""Which language a page speaks: that of its address, and on pages of staff that of its reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import override

from repairshop.middleware import NextHandler
from store.models import ShopProfile
from typed.languages import in_language, of_address, speaking, split_language

FOR_STAFF = "/admin/"


class LanguageMiddleware:
    """The address alone says the language, so that caches keep one page for one address.

    The main language has no prefix. What once had one that the shop does not speak any more leads
    to it.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language, bare = split_language(request.path_info)
        if bare != request.path_info and not is_spoken(language):
            query = request.META["QUERY_STRING"]
            address = in_language(bare, settings.LANGUAGE_CODE)
            return redirect(f"{address}?{query}" if query else address)
        with speaking_at(language):
            return self.get_response(request)


@contextmanager
def speaking_at(language: str) -> Iterator[None]:
    """What is said within is said at an address in a language."""
    token = of_address.set(language)
    try:
        with override(language):
            yield
    finally:
        of_address.reset(token)


def is_spoken(language: str) -> bool:
    """Whether addresses in it have a prefix."""
    return language in ShopProfile.for_pages().languages[1:]


class StaffLanguageMiddleware:
    """Stands behind those that say who somebody is."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(FOR_STAFF) or not request.user.is_authenticated:
            return self.get_response(request)
        with speaking(request.user.language):
            return self.get_response(request)
