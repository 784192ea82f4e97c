"""Who it is, asked again before it matters: a session may have been left at an open screen.

A view says `require_confirmation(request)` before it does anything. When the last time was too long
ago, that raises, a middleware above keeps what was sent and asks for the password.
"""

from time import time
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.events import SecurityEvent, tell
from accounts.models import User

CONFIRMED = "confirmed at"


class ConfirmationNeeded(Exception):
    """What was asked for needs the password once more."""


def confirm(request: HttpRequest) -> None:
    """Note it, under another key: whoever knew the session's key before knows it no more."""
    request.session[CONFIRMED] = time()
    request.session.cycle_key()


@receiver(user_logged_in, dispatch_uid="accounts.confirm_on_login")
def confirm_on_login(request: HttpRequest | None, **kwargs: Any) -> None:
    # Django's log-in gives the session another key by itself.
    if request:
        request.session[CONFIRMED] = time()


def is_confirmed(request: HttpRequest) -> bool:
    last = request.session.get(CONFIRMED, 0)
    return bool(last > time() - settings.CONFIRM_AGAIN_AFTER.total_seconds())


def require_confirmation(
    request: HttpRequest, event: SecurityEvent | None = None, about: object = ""
) -> None:
    """Raise ConfirmationNeeded unless whoever is logged in has shown it a short while ago.

    What they are let do then is told as an `event`, when one is named.
    """
    if not is_confirmed(request):
        raise ConfirmationNeeded
    if event and isinstance(request.user, User):
        tell(event, request.user, request, str(about))


# So many papers with names and addresses are a day's work; more of them are an export.
PAPERS_AT_ONCE = 20


def confirm_many_papers(request: HttpRequest, count: int, what: str) -> None:
    """Ask for the password before many papers are printed at once, and tell of it."""
    if count > PAPERS_AT_ONCE:
        require_confirmation(request, SecurityEvent.EXPORTED, f"{count} {what}")


class ConfirmedAdminMixin(admin.ModelAdmin):
    """Nothing of this model is changed without it: not by a form, nor an action of the list."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            require_confirmation(request)
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            require_confirmation(request)
        return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            require_confirmation(request)
        return super().delete_view(request, *args, **kwargs)
