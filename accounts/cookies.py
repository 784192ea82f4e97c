"""Cookies that are keys: what they are called, and what browsers must know of them."""

from django.conf import settings
from django.http import HttpResponse


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
