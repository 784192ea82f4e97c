"""Cookies that are keys: what they are called, and what browsers must know of them."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Cookie(NamedTuple):
    """One that the shop sets, as its privacy page tells of it."""

    name: str
    purpose: str | Promise
    # None: until the browser is closed.
    kept: timedelta | None


# All are necessary for what a visitor asks for, so that nobody is asked to agree: Article 5(3) of
# Directive 2002/58/EC. Who adds another kind needs such a question, too.
COOKIES: list[Cookie] = [
    Cookie(
        settings.SESSION_COOKIE_NAME,
        _("knows who is logged in, and what is in the bag"),
        timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ),
    Cookie(
        settings.CSRF_COOKIE_NAME,
        _("shows that a form was sent from a page of this shop"),
        timedelta(seconds=settings.CSRF_COOKIE_AGE),
    ),
    Cookie(
        "language",
        _("remembers the language that was chosen, to offer it again"),
        timedelta(days=365),
    ),
]


def cookie_name(name: str) -> str:
    """The name with `__Host-` where the shop speaks TLS: only this very host can set such a one."""
    return f"{settings.COOKIE_PREFIX}{name}"


def set_key_cookie(response: HttpResponse, name: str, value: str, *, max_age: float) -> None:
    """Give a browser a key, which no script and no other site's form gets at."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=int(max_age),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
