import logging
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions import middleware
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

from typed.secret_links import without_secrets

# What begins a line of its own in a log, or hides one.
# From here on a status is a fault of ours.
FAULT = 500
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")

NextHandler = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Give each request an id, in every log line and in the answer's X-Request-ID.

    Heroku's router sends its own id, which its logs show too; it is taken over. Without a proxy of
    ours in front, it is whatever the visitor sent.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXIES else ""
        value = sent if sent.replace("-", "").isalnum() and len(sent) <= 64 else uuid.uuid4().hex
        # Not reset afterwards: Django logs an error answer outside of all middleware.
        request_id.set(value)
        response = self.get_response(request)
        response["X-Request-ID"] = value
        return response


class BoundariesMiddleware:
    """Say what our pages may ask of a device, and that other sites may embed nothing but pictures.

    Pictures of things are shown in mails and by readers of the feed. The camera is for photos.
    """

    POLICY = (
        "camera=(self), accelerometer=(), browsing-topics=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    )

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = self.POLICY
        is_public = request.path.startswith(settings.MEDIA_URL)
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_public else "same-origin"
        return response


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, for visitors who do two things at once, such as adding while they log in.

    Logging in and out gives the visitor's browser another session. An answer to a request
    that came with the old one must not take the new one away again, and what the request
    has done stays done: pieces are held under the bag's key, which outlives a log-in.
    """

    def process_request(self, request: HttpRequest) -> None:
        # Whether a page is kept for its visitor hangs on it: see `guest_pages`.
        if not hasattr(request, "session"):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = self.keep_session(request, response)
        if request.session.accessed and not request.session.is_empty():
            # A bag or saved things are on the page: not every cache heeds `Vary`.
            patch_cache_control(response, private=True)
        return response

    def keep_session(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.session.modified:
            if request.session.accessed:
                patch_vary_headers(response, ["Cookie"])
            return response
        sent = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        known = sent is not None and sent == request.session.session_key
        if known and SESSION_KEY not in request.session:
            # The browser has it already, unless a log-in has given it another one since.
            patch_vary_headers(response, ["Cookie"])
            if response.status_code < FAULT:
                with suppress(UpdateError):
                    request.session.save()
            return response
        with suppress(SessionInterrupted):
            return super().process_response(request, response)
        return response


class SecretsFilter(logging.Filter):
    """Leave out of the log what opens an order, an invoice, a ticket or an account.

    Django logs the address of each request that it refuses or that fails, and words from it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = loggable(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(loggable(each) for each in record.args)
        return True


def loggable(value: Any) -> Any:
    """A text, or what stands for itself as one, in one line and without secrets; others as are."""
    if isinstance(value, str | Exception):
        value = CONTROL.sub(lambda found: repr(found[0])[1:-1], without_secrets(str(value)))
    return value


class RefusalFilter(logging.Filter):
    """Leave out tracebacks of what strangers have sent and the shop has refused, as it should."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", FAULT) < FAULT:
            record.exc_info = None
        return True


class LineFormatter(logging.Formatter):
    """A record is a line. What a traceback adds is indented: none of it is taken for a record."""

    def formatException(self, info: Any) -> str:  # noqa: N802 (as logging calls it)
        lines = super().formatException(info).split("\n")
        return "\n".join(f"    {loggable(line)}" for line in lines)


class RequestIdFilter(logging.Filter):
    """Add the current request's id to a log record; "-" where there was none, as in the timer."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
