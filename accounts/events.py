"""What the shop's security log may listen to: one signal, for all that touches who may do what."""

from typing import Any

from django.core.cache import cache
from django.db.models import TextChoices
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.networks import client_address


class SecurityEvent(TextChoices):
    LOGGED_IN = "logged_in", _("Logged in")
    LOGIN_FAILED = "login_failed", _("Log-in failed")
    FACTOR_ADDED = "factor_added", _("Second factor added")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    FACTOR_PASSED = "factor_passed", _("Second factor given")
    FACTOR_REFUSED = "factor_refused", _("Second factor refused")
    FACTORS_RESET = "factors_reset", _("Second factors taken away for a lost device")
    NEW_BROWSER = "new_browser", _("Logged in with a browser that was not known")
    LOGINS_ENDED = "logins_ended", _("Log-ins of somebody ended by staff")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    LINK_ASKED = "link_asked", _("A link to an account was asked for by mail")
    ADDRESS_CHECKED = "address_checked", _("Address of an account checked")
    ADDRESS_CHANGED = "address_changed", _("Address of an account changed")
    PEOPLE_JOINED = "people_joined", _("Two records of one person joined")
    CODES_MADE = "codes_made", _("Recovery codes made")
    RIGHTS_CHANGED = "rights_changed", _("What somebody may do was changed")
    EXPORTED = "exported", _("Data taken out")
    ERASED = "erased", _("What was kept about somebody erased, as they asked")
    MONEY_BACK = "money_back", _("Money sent back")
    SETTINGS_CHANGED = "settings_changed", _("Settings of the shop changed")
    ACCESS_REFUSED = "access_refused", _("Access refused")
    LIMIT_REACHED = "limit_reached", _("A limit was reached")


# Sent with `event`, `user` (whom it is about, or who did it; None for a stranger), `request` (None
# from the command line) and `about`, words without a secret. Django itself tells of log-ins:
# `user_logged_in`, `user_login_failed`.
security_event = Signal()


def tell(
    event: SecurityEvent, user: User | None, request: HttpRequest | None, about: str = ""
) -> None:
    """Tell whoever listens. A listener that fails ends the request: nothing goes unwritten."""
    listened: dict[str, Any] = {"user": user, "request": request, "about": about}
    security_event.send(sender=SecurityEvent, event=event, **listened)


def tell_once(event: SecurityEvent, request: HttpRequest, about: str) -> None:
    """Tell what a visitor may do again and again once in ten minutes, so that no log overflows."""
    user = request.user if isinstance(request.user, User) else None
    who = user.pk if user else client_address(request)
    if cache.add(f"told-{event}-{about}-{who}".replace(" ", "-"), 1, timeout=600):
        tell(event, user, request, about)
