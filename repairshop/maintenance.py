"""The shop is closed to visitors while it is looked after; staff go on.

Nothing is asked of the database for a visitor without a session: it may be what is worked on.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from repairshop.middleware import NextHandler
from repairshop.views import error_page
from typed.languages import split_language

RETRY_AFTER_SECONDS = 300
# Where staff log in and work, and what their pages are made of.
OPEN = (
    "/admin/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/second-factor",
    "/accounts/confirm/",
    "/accounts/password_reset/",
    "/accounts/reset/",
    "/healthz",
    "/csp-report/",
    "/favicon.ico",
    "/.well-known/",
)


class MaintenanceMiddleware:
    """Answers all but staff with a page that says so; Stripe, too, which asks again for days."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_closed(request) and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return closed_page(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Behind all that says who somebody is."""
        return closed_page(request) if is_closed(request) and not is_staff(request) else None


def is_closed(request: HttpRequest) -> bool:
    bare = split_language(request.path_info)[1]
    files = (settings.STATIC_URL, settings.MEDIA_URL)
    return bool(settings.MAINTENANCE) and not bare.startswith((*OPEN, *files))


def is_staff(request: HttpRequest) -> bool:
    try:
        return bool(request.user.is_active and request.user.is_staff)
    except Error:
        return False


def closed_page(request: HttpRequest) -> HttpResponse:
    with override(split_language(request.path_info)[0]):
        advice = _(
            "We will be back in a while, and all that you have ordered or brought to us is safe. "
            "If you were writing something, go back, where it still is, and send it later."
        )
        page = error_page(503, _("The shop is being looked after"), advice)
    page["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return page
