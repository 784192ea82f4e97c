"""Gives visitors whom the shop does not know the pages that it has made for others of them.

So it does guests of whom it knows a bag and no more: see `guest_pages`.
"""

from hashlib import sha256

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.timezone import localdate

from accounts.cookies import cookie_name, set_key_cookie
from accounts.secrets import new_secret
from bag.cookie import COOKIE
from repairshop.compression import coding_of
from repairshop.guest_pages import as_stranger, filled_in, guest_of, personal_cookies
from repairshop.languages import FOR_STAFF
from repairshop.middleware import NextHandler
from store.forms import FilterForm
from store.generation import for_everybody
from store.page_cache.offering import offered
from store.page_cache.pages import KeptPage, Key, pages

# What may stand in the address of a page that is kept: which things are available now hangs on
# holds of things that are not on it.
CHOICES = {*FilterForm.base_fields, "page", "p"} - {"available"}
LONGEST_QUERY = 200


class PageCacheMiddleware:
    """Outside of all that makes a page: what is kept has all its headers, and is compressed.

    A page that is made knows all that has changed by then: neither a profile nor a menu of a
    minute ago stands on it.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        if personal_cookies().isdisjoint(request.COOKIES):
            found = self.find(request, key)
            return answer(request, found) if isinstance(found, KeptPage) else found
        return self.with_bag(request, key) or self.made_anew(request, key)

    def with_bag(self, request: HttpRequest, key: Key) -> HttpResponse | None:
        """What is kept, filled in; nothing is made for it that nobody has asked for before."""
        if not pages().is_wanted(key) or (bag := guest_of(request)) is None:
            return None
        found = self.find(as_stranger(request), key)
        return filled_in(request, found, bag) if isinstance(found, KeptPage) else None

    def made_anew(self, request: HttpRequest, key: Key) -> HttpResponse:
        response = self.get_response(request)
        pages().want(key, wanted=offered(request) is not None and response.status_code == 200)
        return response

    def find(self, request: HttpRequest, key: Key) -> KeptPage | HttpResponse:
        """The page that is kept, or is from now on; else what was made for the request."""
        request.is_for_everybody = True  # type: ignore[attr-defined]
        kept = pages()
        try:
            if page := kept.find(key):
                return page
            since = kept.begin()
        except Error:
            # Whoever makes the page says so.
            return self.get_response(request)
        with for_everybody():
            response = self.get_response(request)
        shown = offered(request)
        if shown is None or response.status_code != 200 or response.cookies:
            return response
        if not kept.is_wanted(key):
            kept.want(key)
            return response
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        patch_cache_control(response, no_cache=True)
        page = KeptPage(response.content, tuple(response.items()), shown)
        # The text is what each process makes alike; compressed, it is padded by chance.
        tag = sha256(page.text.encode()).hexdigest()[:32]
        page = page._replace(headers=(*page.headers, ("ETag", f'W/"{tag}"')))
        kept.keep(key, page, since=since)
        return page


def key_of(request: HttpRequest) -> Key | None:
    """Under which a page is kept; None for what is for this visitor alone, or not asked plainly.

    Words such as “until 14:26 on 3 December” are those of a day.
    """
    query = request.META["QUERY_STRING"]
    if request.method != "GET" or (query and not is_choice(query)):
        return None
    if settings.DEBUG or settings.MAINTENANCE or connection.in_atomic_block:
        return None
    if request.path_info.startswith(no_pages()):
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    return (str(request.scheme), host, request.path, query, coding_of(request), str(localdate()))


def no_pages() -> tuple[str, ...]:
    """Beginnings of addresses for which nothing is asked of the database, or not by us."""
    return (settings.STATIC_URL, settings.MEDIA_URL, "/healthz", FOR_STAFF)


def is_choice(query: str) -> bool:
    names = {each.partition("=")[0] for each in query.split("&")}
    return names <= CHOICES and len(query) <= LONGEST_QUERY


def answer(request: HttpRequest, page: KeptPage) -> HttpResponse:
    """What is made for this request alone: whether its browser has the page already, and the
    cookie of which a bag gets its key, where there is something to put into it.
    """
    headers = dict(page.headers)
    if request.META.get("HTTP_IF_NONE_MATCH") == headers["ETag"]:
        response: HttpResponse = HttpResponseNotModified()
        del headers["Content-Type"]
        headers.pop("Content-Length", None)
    else:
        response = HttpResponse(page.content)
    for name, value in headers.items():
        response[name] = value
    if page.shown.unheld and cookie_name(COOKIE) not in request.COOKIES:
        set_key_cookie(response, COOKIE, new_secret(), max_age=settings.SESSION_COOKIE_AGE)
        patch_cache_control(response, private=True)
    return response
