"""How many sessions visitors of one network may begin: each is a row for a month."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.limits import SESSIONS, TooOften, check_limit
from accounts.networks import is_from_outside
from repairshop.middleware import NextHandler
from repairshop.views import error_page


class NewSessionsMiddleware:
    """Keep no more of them, whichever page would begin one.

    What the request has done otherwise has limits of its own. A log-in is counted by its
    password; who comes from a network of the house comes through a proxy, as all others do.
    """

    def __init__(self, get_response: NextHandler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not begins_session(request) or not is_from_outside(request):
            return response
        try:
            check_limit(SESSIONS, request, "")
        except TooOften as refusal:
            request.session.flush()
            request.session.modified = False
            return refusal.said_by(error_page(429, _("So many visitors at once"), refusal.sentence))
        return response


def begins_session(request: HttpRequest) -> bool:
    session = request.session
    if not session.modified or SESSION_KEY in session or session.is_empty():
        return False
    return session.session_key is None or settings.SESSION_COOKIE_NAME not in request.COOKIES
