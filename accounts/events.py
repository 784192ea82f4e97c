"""What the shop's security log may listen to: one signal, for all that touches who may do what."""

from typing import Any

from django.db.models import TextChoices
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SecurityEvent(TextChoices):
    FACTOR_ADDED = "factor_added", _("Second factor added")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    FACTOR_PASSED = "factor_passed", _("Second factor given")
    FACTOR_REFUSED = "factor_refused", _("Second factor refused")
    FACTORS_RESET = "factors_reset", _("Second factors taken away for a lost device")
    NEW_BROWSER = "new_browser", _("Logged in with a browser that was not known")
    LOGINS_ENDED = "logins_ended", _("Logged out elsewhere")
    PASSWORD_REFUSED = "password_refused", _("Wrong password")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    CODES_MADE = "codes_made", _("Recovery codes made")


# Sent with `event`, `user` (whom it is about), `request` (None from the command line) and `about`,
# words without a secret. Django itself tells of log-ins: `user_logged_in`, `user_login_failed`.
security_event = Signal()


def tell(event: SecurityEvent, user: User, request: HttpRequest | None, about: str = "") -> None:
    """Tell whoever listens. A listener that fails ends the request: nothing goes unwritten."""
    listened: dict[str, Any] = {"user": user, "request": request, "about": about}
    security_event.send(sender=SecurityEvent, event=event, **listened)
