"""How often the same may be asked for in an hour: from one network, and about one target.

What a page answers is the same for a target that exists and for one that does not.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.addresses import client_address
from accounts.events import SecurityEvent, tell_once


class Limit(NamedTuple):
    """`per_target` are about one address or ticket; a setting says how many from one network."""

    name: str
    setting: str
    per_target: int
    words: str | Promise

    @property
    def per_network(self) -> int:
        return int(getattr(settings, self.setting))


RESETS = Limit(
    "reset",
    "RESETS_PER_HOUR_PER_ADDRESS",
    3,
    _("A new password has been asked for often enough. Try it again at %s."),
)
REGISTRATIONS = Limit(
    "register",
    "REGISTRATIONS_PER_HOUR_PER_ADDRESS",
    3,
    _("Accounts have been opened often enough from here. Go on at %s."),
)
FACTORS = Limit(
    "factor",
    "FACTORS_PER_HOUR_PER_ADDRESS",
    30,
    _("Codes have been tried often enough. Try the next one at %s."),
)
MESSAGES = Limit(
    "message",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    20,
    _("These are a great many messages. You can send the next one at %s."),
)
TICKETS = Limit(
    "ticket",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    10,
    _("These are a great many tickets. You can file the next one at %s."),
)
QUESTIONS = Limit(
    "question",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    6,
    _("These are a great many questions. You can ask the next one at %s."),
)
LINKS = Limit(
    "link",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    3,
    _("This link has been mailed often enough. Ask for the next one at %s."),
)
# Who counts stands above: under "hour", a function of a name, a network's address or a target's
# name, and how many are allowed. It returns when there are more, or None for one that counts.
COUNTERS: dict[str, Callable[[str, str, int], datetime | None]] = {}


class TooOften(Exception):
    """More than is allowed was asked for; `sentence` says until when to wait."""

    def __init__(self, limit: Limit, again_at: datetime) -> None:
        super().__init__(f"{limit.name}: again at {again_at}")
        self.again_at = again_at
        time = date_format(timezone.localtime(again_at), "TIME_FORMAT")
        self.sentence = str(limit.words) % time

    @property
    def seconds(self) -> int:
        return max(1, round((self.again_at - timezone.now()).total_seconds()))


def check_limit(limit: Limit, request: HttpRequest, target: str) -> None:
    """Count one that is asked for, or raise TooOften."""
    sides = [
        (f"{limit.name} from", client_address(request), limit.per_network),
        (f"{limit.name} for", target, limit.per_target),
    ]
    for name, of, most in sides:
        if of and (again_at := COUNTERS["hour"](name, of, most)):
            tell_once(SecurityEvent.LIMIT_REACHED, request, limit.name)
            raise TooOften(limit, again_at)


def refuse_too_often(view: FormView, form: BaseForm, refusal: TooOften) -> HttpResponse:
    """Show the form again as it was filled in, and say when it can be sent."""
    form.add_error(None, refusal.sentence)
    page = view.form_invalid(form)
    page.status_code = 429
    page["Retry-After"] = str(refusal.seconds)
    return page
