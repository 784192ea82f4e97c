import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NextHandler = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Give each request an id, in every log line and in the answer's X-Request-ID.

    Heroku's router sends its own id, which its logs show too; it is taken over.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        value = sent if sent.replace("-", "").isalnum() and len(sent) <= 64 else uuid.uuid4().hex
        # Not reset afterwards: Django logs an error answer outside of all middleware.
        request_id.set(value)
        response = self.get_response(request)
        response["X-Request-ID"] = value
        return response


class RequestIdFilter(logging.Filter):
    """Add the current request's id to a log record; "-" where there was none, as in the timer."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def client_address(request: HttpRequest) -> str:
    """The visitor's address: right-most forwarded one, when a proxy of ours is in front.

    Everything further left in X-Forwarded-For is whatever the visitor sent. What is no
    address is not taken for one: PostgreSQL would refuse to write it down.
    """
    sent: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = [address.strip() for address in sent.split(",") if address.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
        if is_address(address):
            return address
    return str(request.META.get("REMOTE_ADDR", ""))
