"""How long a log-in lasts: staff who do nothing for an hour are logged out, all are some day.

Whoever was logged out so is nobody, as if the session had never been; see `resend.py` for what was
being sent meanwhile.
"""

from collections.abc import Callable
from time import time
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from accounts.cookies import set_key_cookie
from accounts.locking import AccountGone
from accounts.logins.models import Login
from accounts.logins.services import COOKIE, KNOWN_FOR, record_login
from accounts.models import User

BEGAN, SEEN = "logged in at", "seen at"
# So much may pass before a session is written again.
SECONDS_BETWEEN_WRITES = 60


@receiver(user_logged_in, dispatch_uid="accounts.begin_login")
def begin_login(request: HttpRequest | None, **kwargs: Any) -> None:
    if request:
        request.session[BEGAN] = request.session[SEEN] = time()


@receiver(user_logged_out, dispatch_uid="accounts.end_login")
def end_login(request: HttpRequest | None, **kwargs: Any) -> None:
    if request and request.session.session_key:
        Login.objects.filter(session_key=request.session.session_key).delete()


def has_run_out(request: HttpRequest, user: User) -> bool:
    """Whether a log-in has lasted too long, or nobody was there for too long.

    Sessions from before this was looked at begin now.
    """
    session, now = request.session, time()
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        session[BEGAN] = session[SEEN] = now
        return False
    longest = settings.STAFF_LONGEST_LOGIN if user.is_staff else settings.LONGEST_LOGIN
    if now - began > longest.total_seconds():
        return True
    return user.is_staff and now - seen > settings.STAFF_IDLE.total_seconds()


def mark_seen(request: HttpRequest) -> None:
    """Note that somebody is there. Pages that ask by themselves in the background are nobody."""
    in_background = request.headers.get("Sec-Fetch-Dest") == "empty"
    if not in_background and time() - request.session[SEEN] > SECONDS_BETWEEN_WRITES:
        request.session[SEEN] = time()


class LoginsMiddleware:
    """Ends log-ins that have run out, and gives browsers the cookie by which they are known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found: Any = request.user

        def still() -> Any:
            if found.is_authenticated:
                if has_run_out(request, found):
                    request.session.flush()
                    return AnonymousUser()
                if found.is_staff:
                    mark_seen(request)
            return found

        request.user = cast(Any, SimpleLazyObject(still))
        response = self.get_response(request)
        user = getattr(request, "arrived", None)
        if user and (secrets := record_login(request, user)):
            set_key_cookie(response, COOKIE, secrets, max_age=KNOWN_FOR.total_seconds())
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Whoever goes on in an account that was closed meanwhile, as from another tab, is out.

        So is nobody who has to do with somebody else's.
        """
        if not isinstance(problem, AccountGone):
            return None
        is_own = request.user.pk in {None, problem.user_id}
        if is_own:
            logout(request)
        messages.error(request, problem.sentence)
        return redirect(settings.LOGIN_URL if is_own else request.path)


def arrive(request: HttpRequest, user: User) -> None:
    """Have it written down, when the answer is ready, that somebody is in with all it takes."""
    request.arrived = user  # type: ignore[attr-defined]
