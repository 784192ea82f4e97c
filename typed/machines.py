"""Addresses that programs call, and no person opens in a browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def encrypted_only(view: View) -> View:
    """Refuse what comes without TLS: a redirect would hide from its sender that it was readable.

    `SECURE_REDIRECT_EXEMPT` names these addresses, too.
    """

    @wraps(view)
    def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return HttpResponse("Over TLS only.", status=403, content_type="text/plain")
        return view(request, *args, **kwargs)

    return refusing
