"""What the shop does not take on, in plain words: too large, too slow, or too much at once."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from outside.heavy import NoRoom
from repairshop.body_size import most_bytes
from repairshop.middleware import NextHandler
from repairshop.resend import ask_again, sent_with
from repairshop.views import error_page, retry_later


class RefusalMiddleware:
    """Answers before a body is read that must not be, and where there is no room for the work."""

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = refusal_of(request)
        return refused(refusal) if refusal else self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if not isinstance(failure, NoRoom):
            return None
        if request.method == "POST":
            busy = ask_again(request, sent_with(request), status=503, is_busy=True)
        else:
            busy = error_page(503, _("We have our hands full"), _("Try again in half a minute."))
        return retry_later(busy)


def refusal_of(request: HttpRequest) -> HTTPStatus | None:
    """Why the body is not read; `repairshop.slow_clients` may have found out already."""
    found: HTTPStatus | None = getattr(request.META.get("gunicorn.socket"), "refusal", None)
    if found:
        return found
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return HTTPStatus.LENGTH_REQUIRED
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > most_bytes(request.path_info):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None


def refused(status: HTTPStatus) -> HttpResponse:
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large()
    if status == HTTPStatus.REQUEST_TIMEOUT:
        advice = _("Go back, where your text still is, and send it again on a better connection.")
        return error_page(status, _("This took too long to reach us"), advice)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        advice = _("Go back, where your text still is, and send it again in half a minute.")
        return retry_later(error_page(status, _("We had no place for this"), advice))
    return error_page(status, _("That request made no sense to us"), _("Go back and try again."))


def too_large() -> HttpResponse:
    advice = _(
        "A form takes %(kb)d kB of text. Go back, where your text still is, and make it shorter. "
        "Of photos, send fewer at once."
    )
    return error_page(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        _("This is too large for us"),
        advice % {"kb": settings.FORM_BYTES // 1000},
    )
