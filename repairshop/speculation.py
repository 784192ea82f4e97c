"""Has browsers make ready the page of the catalogue that somebody is about to open.

Rules in a header pass the Content-Security-Policy; those within a page would not.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from repairshop.languages import FOR_STAFF
from repairshop.middleware import NextHandler

# To look at these changes nothing. Who points at a link for a moment will open it.
PAGES = ("/", "/store/", "/store/:slug/", "/store/item/:slug/")


class SpeculationMiddleware:
    """Name the rules to whoever is shown a page of the shop."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and response.status_code == 200 and not request.path.startswith(FOR_STAFF):
            response["Speculation-Rules"] = f'"{reverse("speculation-rules")}"'
        return response


@require_safe
@cache_control(public=True, max_age=86400)
def speculation_rules(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {"prerender": [{"where": {"and": conditions()}, "eagerness": "moderate"}]},
        content_type="application/speculationrules+json",
    )


def conditions() -> list[dict[str, Any]]:
    """Of the catalogue in any language; no search, and nothing that robots shall not follow."""
    prefixes = ["", *(f"/{code}" for code, _ in settings.LANGUAGES)]
    addresses = [f"{prefix}{page}" for prefix in prefixes for page in PAGES]
    return [
        {"href_matches": addresses},
        {"not": {"href_matches": r"/*\?*=*"}},
        {"not": {"selector_matches": "[rel~=nofollow]"}},
    ]
