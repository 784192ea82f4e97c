import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar

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
