"""The health check, pictures, and error pages that need no database."""

import re
import sys
from contextlib import suppress
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe
from django.views.static import serve

from accounts.events import SecurityEvent, tell_once
from repairshop.faults import AWAY, is_away, page_of, record
from repairshop.health import check_health
from repairshop.middleware import request_id
from repairshop.resend import ask_again, came_from_here, sent_with
from typed.languages import split_language

RETRY_AFTER_SECONDS = 30
TOO_MUCH = RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
# The name of a thing or category in its address.
NAMED = re.compile(r"/store/(?:item/)?([\w-]+)/?")


def error_page(status: int, title: str, advice: str) -> HttpResponse:
    """Render an error page without a request, so that no context processor runs."""
    context = {"status": status, "title": title, "advice": advice, "request_id": request_id.get()}
    return HttpResponse(render_to_string("error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_MUCH):
        advice = _("It is more than we take at once: send it in parts, or with less in it.")
        return error_page(400, _("That was too much at once"), advice)
    return error_page(400, _("That request made no sense to us"), _("Go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    with suppress(Error):
        if request.user.is_authenticated:
            page = request.resolver_match.view_name if request.resolver_match else ""
            tell_once(SecurityEvent.ACCESS_REFUSED, request, page)
    return error_page(403, _("This is not open to you"), _("Log in with another account."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Let visitors send their own form again; of what another site has sent, nothing is shown."""
    if request.method == "POST" and came_from_here(request):
        with suppress(*AWAY):
            return ask_again(request, sent_with(request), status=403)
    return error_page(
        403,
        _("We could not check where this form came from"),
        _("Allow cookies for this site, go back, reload the page and send the form again."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The shop around it, with a search for what a mistyped address says."""
    named = NAMED.fullmatch(split_language(request.path)[1])
    words = named[1].replace("-", " ") if named else ""
    # Whoever asks for a file, such as a picture, is no reader.
    if not PurePosixPath(request.path).suffix:
        with suppress(*AWAY):
            context = {"request_id": request_id.get(), "words": words}
            return render(request, "not_found.html", context, status=404)
    return error_page(404, _("There is nothing here"), _("Search the shop or start at the front."))


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if is_away(error):
        return service_unavailable()
    told = _("We have been told. Try again in a minute.")
    untold = _("Try again in a minute. If it happens again, please write to us.")
    is_told = error is not None and record(error, page=page_of(request))
    return error_page(500, _("Something broke on our side"), told if is_told else untold)


def service_unavailable() -> HttpResponse:
    return retry_later(
        error_page(503, _("The shop is being looked after"), _("Try again in half a minute."))
    )


def retry_later(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Shop pictures without S3: made by us from decoded pixels, under random names."""
    try:
        return serve(request, path, str(settings.MEDIA_ROOT))
    except OSError as problem:
        # Such as a name that is longer than the disk allows.
        raise Http404 from problem


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every timer is well; else 503 with the part that fails.

    A service outside that has not answered lately is told of, and takes no process out of
    service: the shop works without it. Staff also read which process it is and what kind of
    error it had.
    """
    health = check_health()
    # A host would start a shop anew that is looked after.
    status = 503 if health.problem and not settings.MAINTENANCE else 200
    if not is_staff(request):
        return JsonResponse({"status": health.told(health.part) or "ok"}, status=status)
    timers = [
        {
            "process": beat.process,
            "seconds_ago": beat.seconds_ago,
            "tidied": beat.tidied,
            "last_error": beat.kind_of_error,
        }
        for beat in health.timers
    ]
    answer = {"status": health.told(health.problem) or "ok", "timers": timers}
    if health.silent:
        answer["outside"] = [
            {"service": name, "last_error": error, "seconds_ago": int(seconds)}
            for name, (error, seconds) in health.silent.items()
        ]
    return JsonResponse(answer, status=status)


def is_staff(request: HttpRequest) -> bool:
    """Whether staff ask; where the database is away nobody can tell."""
    with suppress(Error):
        return request.user.is_active and request.user.is_staff
    return False


def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask for it by this name, whatever a page says."""
    return redirect(static("img/favicon.svg"))
