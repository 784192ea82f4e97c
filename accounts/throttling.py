"""How django-axes counts failed log-ins here: by e-mail address and where it came from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import LONGEST_EMAIL, User, UserManager


def login_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The account that somebody tries to get into, spelled as it is stored."""
    typed = (credentials or request.POST).get("username") or ""
    return UserManager.normalize_email(typed).replace("\0", "")[:LONGEST_EMAIL]


def locked_until(request: HttpRequest, credentials: Mapping[str, Any] | None) -> datetime:
    """When this address may try this account again; now, when it may already."""
    if paused := getattr(request, "paused_until", None):
        return cast(datetime, paused)
    handler = AxesProxyHandler.get_implementation()
    [attempts] = handler.get_user_attempts(request, credentials)
    last: datetime | None = attempts.aggregate(last=Max("attempt_time"))["last"]
    return last + settings.AXES_COOLOFF_TIME if last else timezone.now()


def forgive_failures(user: User) -> None:
    """Forget the failed tries on an account whose owner has just set a new password."""
    AxesProxyHandler.reset_attempts(username=user.email)
