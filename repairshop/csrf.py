"""Whether a form comes from a page of ours: browsers say so themselves.

See docs/adr/0017-forms-without-tokens.md.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.addresses import origin_of
from repairshop.middleware import NextHandler


class OwnPagesMiddleware:
    """Stands before Django's, which asks all others for a token.

    Of pages that have one it is asked: a log-in in another window changes it, so that whoever has
    the browser now sends nothing in which somebody else has typed.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> None:
        if getattr(view, "is_tokenless", False) and is_from_own_page(request):
            # As Django's calls what it has looked at.
            request.csrf_processing_done = True  # type: ignore[attr-defined]


def is_from_own_page(request: HttpRequest) -> bool:
    """No page can set these headers: browsers do, and leave out none that they know.

    `Sec-Fetch-Site` is sent over TLS and to one's own machine; where it is not, the host of the
    page stands in `Origin`. A page on another host of the same domain is not ours.
    """
    if site := request.META.get("HTTP_SEC_FETCH_SITE"):
        return bool(site == "same-origin")
    return bool(request.META.get("HTTP_ORIGIN") == origin_of(request))
