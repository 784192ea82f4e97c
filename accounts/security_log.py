"""The security log: what `accounts.events` tells, in the database and as lines of JSON."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.events import SecurityEvent, security_event
from accounts.log_entries import SecurityLogEntry
from accounts.models import User
from accounts.networks import client_address, is_address
from accounts.throttling import login_name

logger = logging.getLogger("security")


@receiver(security_event, dispatch_uid="accounts.log_event")
def log_event(
    event: SecurityEvent, user: User | None, request: HttpRequest | None, about: str, **kwargs: Any
) -> None:
    write(event, user, str(user or ""), request, about)


@receiver(user_logged_in, dispatch_uid="accounts.log_login")
def log_login(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    write(SecurityEvent.LOGGED_IN, user, user.email, request)


@receiver(user_login_failed, dispatch_uid="accounts.log_failure")
def log_failure(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """The same line for accounts that exist and for those that do not: neither takes longer."""
    # Whoever has to wait is not asked for a password, however often they press the button.
    if getattr(request, "axes_locked_out", False):
        return
    name = login_name(request, credentials) if request else ""
    write(SecurityEvent.LOGIN_FAILED, None, name, request)


def write(
    event: SecurityEvent,
    user: User | None,
    who: str,
    request: HttpRequest | None,
    about: str = "",
) -> None:
    address = client_address(request) if request else ""
    entry = SecurityLogEntry.objects.create(
        event=event.value,
        user=user,
        who=who[:254],
        address=address if is_address(address) else None,
        about=about[:200],
    )
    line = {"event": entry.event, "who": entry.who, "from": entry.address, "about": entry.about}
    logger.info(json.dumps({"at": timezone.now().isoformat(), **line}))
