"""Cookies under the names that they had in the release before, read for this release only."""

from django.conf import settings
from django.contrib.messages.storage import cookie, fallback, session
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.cookies import COOKIES, Cookie, cookie_name
from accounts.logins.services import COOKIE as BROWSER
from repairshop.middleware import NextHandler

MESSAGES = "messages"
COOKIES.append(
    Cookie(cookie_name(MESSAGES), _("says on the next page what was done on the last one"), None)
)


class CookieStorage(cookie.CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return cookie_name(MESSAGES)


class MessageStorage(fallback.FallbackStorage):
    """Django's, with our name for its cookie."""

    storage_classes = (CookieStorage, session.SessionStorage)


def names_before() -> dict[str, str]:
    """The names that cookies had, by those that they have."""
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    ours = [*names, cookie_name(MESSAGES), cookie_name(BROWSER)]
    return {name: name.removeprefix(settings.COOKIE_PREFIX) for name in ours}


class NamesBeforeMiddleware:
    """Takes cookies by the names of the release before, and leaves those where they are.

    Nobody is logged out by a deploy, and a web process of the release before that serves beside
    this one still knows whoever it has let in. To be dropped with the next release.
    """

    def __init__(self, get_response: NextHandler) -> None:
        if not settings.COOKIE_PREFIX:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        names, sent = names_before(), set(request.COOKIES)
        for name, before in names.items():
            if before in sent:
                request.COOKIES.setdefault(name, request.COOKIES[before])
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME not in sent:
            hand_session_over(request, response)
        for name, before in names.items():
            is_deleted = name in response.cookies and not response.cookies[name].value
            if is_deleted and before in sent:
                response.delete_cookie(before)
        return response


def hand_session_over(request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser the session that it came with under the name that it has now."""
    name, found = settings.SESSION_COOKIE_NAME, request.session
    is_used = found.accessed and not found.is_empty()
    if is_used and name not in response.cookies and request.COOKIES.get(name) == found.session_key:
        response.set_cookie(
            name,
            str(found.session_key),
            max_age=found.get_expiry_age(),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=settings.SESSION_COOKIE_HTTPONLY,
            samesite=settings.SESSION_COOKIE_SAMESITE,
        )
