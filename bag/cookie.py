"""The cookie of which a visitor's bag gets its key.

A browser has it before its first click: two first clicks at once, of which each starts a session,
open one bag. No script can read it, and the bag itself is in the session.
"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.cookies import COOKIES, Cookie, cookie_name, set_key_cookie
from accounts.models import User
from accounts.secrets import new_secret
from store.models import Order

COOKIE = "bag"
COOKIES.append(
    Cookie(
        cookie_name(COOKIE),
        _("holds what is put into the bag"),
        timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
)
SALT = "bag.session.Bag"
# Of the release before, whose pages are still open: it made the keys of bags of this cookie.
TOKEN_BEFORE = "csrftoken"  # noqa: S105 (a name)


class BagCookieMiddleware:
    """Gives browsers the cookie with the first page that has a token, and so something to click.

    Such a page is for one visitor anyway; it costs no query and no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_new = cookie_name(COOKIE) not in request.COOKIES
        if (is_new and settings.CSRF_COOKIE_NAME in response.cookies) or is_worn(request):
            set_key_cookie(response, COOKIE, new_secret(), max_age=settings.SESSION_COOKIE_AGE)
            patch_cache_control(response, private=True)
        return response


def wear_out(request: HttpRequest) -> None:
    """Have the browser get another cookie: this one opens no further bag."""
    request.bag_cookie_is_worn = True  # type: ignore[attr-defined]


def is_worn(request: HttpRequest) -> bool:
    return getattr(request, "bag_cookie_is_worn", False)


def new_bag_key(request: HttpRequest, customer: User | None) -> str:
    """The key of the bag that a visitor opens: the same for all first clicks of a browser.

    What a customer opens is no guest's, who may use the browser after them.
    """
    if secret := request.COOKIES.get(cookie_name(COOKIE)):
        return keyed(f"{secret} {customer.pk if customer else ''}")
    return key_before(request) or keyed(new_secret())


def key_before(request: HttpRequest) -> str | None:
    """The key that the release before would give, for a click on a page that it has shown.

    None once an order was placed with it: scripts can read that cookie, but no name and address.
    """
    if TOKEN_BEFORE not in request.COOKIES or "CSRF_COOKIE" not in request.META:
        return None
    key = keyed(request.META["CSRF_COOKIE"])
    return None if Order.objects.filter(bag_key=key).exists() else key


def keyed(secret: str) -> str:
    return salted_hmac(SALT, secret, algorithm="sha256").hexdigest()
