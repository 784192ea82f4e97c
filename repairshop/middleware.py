import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar

import csp.middleware
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions import middleware
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

NextHandler = Callable[[HttpRequest], HttpResponse]
# Where decorators of django-csp write what a view wants otherwise.
CSP_OF_VIEWS = {"_csp_exempt", "_csp_config", "_csp_update", "_csp_replace"}
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Give each request an id, in every log line and in the answer's X-Request-ID.

    Heroku's router sends its own id, which its logs show too; it is taken over.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        value = sent if sent.replace("-", "").isalnum() and len(sent) <= 64 else uuid.uuid4().hex
        # Not reset afterwards: Django logs an error answer outside of all middleware.
        request_id.set(value)
        response = self.get_response(request)
        response["X-Request-ID"] = value
        return response


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, for visitors who do two things at once, such as adding while they log in.

    Logging in and out gives the visitor's browser another session. An answer to a request
    that came with the old one must not take the new one away again, and what the request
    has done stays done: pieces are held under the bag's key, which outlives a log-in.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.session.modified:
            if request.session.accessed:
                patch_vary_headers(response, ["Cookie"])
            return response
        sent = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        known = sent is not None and sent == request.session.session_key
        if known and SESSION_KEY not in request.session:
            # The browser has it already, unless a log-in has given it another one since.
            patch_vary_headers(response, ["Cookie"])
            if response.status_code < 500:
                with suppress(UpdateError):
                    request.session.save()
            return response
        with suppress(SessionInterrupted):
            return super().process_response(request, response)
        return response


class CSPMiddleware(csp.middleware.CSPMiddleware):
    """Django-csp's, which puts the same header together anew for each answer: here, once."""

    def __init__(self, get_response: NextHandler) -> None:
        super().__init__(get_response)
        alone = not hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY")
        whole = settings.CONTENT_SECURITY_POLICY.keys() == {"DIRECTIVES"}
        self.policy = build_policy() if alone and whole else ""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave to django-csp what a view has said of its own, nonces, and other settings."""
        plain = CSP_OF_VIEWS.isdisjoint(vars(response)) and "_csp_nonce" not in vars(request)
        if settings.DEBUG or not (plain and self.policy):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response


class RequestIdFilter(logging.Filter):
    """Add the current request's id to a log record; "-" where there was none, as in the timer."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True
