"""How often the same may be asked for in an hour and a day: from one network, by one account, and
about one target.

What a page answers is the same for a target that exists and for one that does not.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.addresses import is_same
from accounts.events import SecurityEvent, tell_once
from accounts.models import User
from accounts.networks import client_address

Answer = TypeVar("Answer", bound=HttpResponse)


class Limit(NamedTuple):
    """How many an hour: a setting says it of one network and of one account.

    `per_target` are about one address or ticket; 0 says: as many. A day has room for as many as
    some `hours`.
    """

    name: str
    setting: str
    per_target: int
    words: str | Promise
    hours: int = 5

    @property
    def per_network(self) -> int:
        return int(getattr(settings, self.setting))

    @property
    def each_target(self) -> int:
        return self.per_target or self.per_network


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
CHECKS = Limit(
    "check",
    "RESETS_PER_HOUR_PER_ADDRESS",
    3,
    _("A link to this address has been asked for often enough. Try it again at %s."),
)
OPENINGS = Limit(
    "opening",
    "FACTORS_PER_HOUR_PER_ADDRESS",
    10,
    _("Passwords have been tried often enough. Try the next one at %s."),
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
MY_DATA = Limit(
    "my data",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    3,
    _("A link to this data has been mailed often enough. Ask for the next one at %s."),
)
DOWNLOADS = Limit(
    "download",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    3,
    _("Your data has been downloaded often enough. Go on at %s."),
)
ORDERS = Limit(
    "order",
    "ORDERS_PER_HOUR_PER_ADDRESS",
    10,
    _("These are a great many orders. You can place the next one at %s."),
)
# What visitors have typed who are asked to log in, which waits for that in their session.
DRAFTS = Limit(
    "draft",
    "DRAFTS_PER_HOUR_PER_ADDRESS",
    0,
    _("Without an account, so much cannot be kept. Log in first, or send it at %s."),
)
SESSIONS = Limit(
    "session",
    "SESSIONS_PER_HOUR_PER_ADDRESS",
    0,
    _("From where you are, a great many have just begun to use the shop. Come back at %s."),
)
PHOTOS = Limit(
    "photo",
    "PHOTOS_PER_HOUR_PER_ADDRESS",
    0,
    _("These are a great many photos. You can send the next ones at %s."),
)
PHOTO_MEGABYTES = Limit("photo MB", "PHOTO_MEGABYTES_PER_HOUR_PER_ADDRESS", 0, PHOTOS.words)
SURNAMES = Limit(
    "surname",
    "FACTORS_PER_HOUR_PER_ADDRESS",
    10,
    _("Names have been tried often enough. Try the next one at %s."),
)
WITHDRAWALS = Limit(
    "withdrawal",
    "MESSAGES_PER_HOUR_PER_ADDRESS",
    6,
    # Nobody is refused: only their mails are bounded.
    "",
)
WITHDRAWAL_CHECKS = Limit("mailbox", "MESSAGES_PER_HOUR_PER_ADDRESS", 3, "", hours=2)
# Who counts stands above: for "hour" and "day", a function of a name, a network's address or a
# target's name, how many are allowed, and how many these are. It returns when there may be more, or
# None for what counts.
COUNTERS: dict[str, Callable[[str, str, int, int], datetime | None]] = {}


class TooOften(Exception):
    """More than is allowed was asked for; `sentence` says until when to wait."""

    def __init__(self, limit: Limit, again_at: datetime) -> None:
        super().__init__(f"{limit.name}: again at {again_at}")
        self.again_at = again_at
        local = timezone.localtime(again_at)
        is_today = local.date() == timezone.localdate()
        form = "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT"
        self.sentence = str(limit.words) % date_format(local, form) if limit.words else ""

    @property
    def seconds(self) -> int:
        return max(1, round((self.again_at - timezone.now()).total_seconds()))

    def said_by(self, answer: Answer) -> Answer:
        """An answer as one that refuses for now."""
        answer.status_code = 429
        answer["Retry-After"] = str(self.seconds)
        return answer


def mailbox_of(target: str) -> str:
    """The target, or of an e-mail address what leads to one mailbox: `Ann+shop@…` is `ann@…`.

    Not every server takes what is behind a plus for a mere label. Where it does not, two people
    share the count of one.
    """
    name, at, domain = target.casefold().strip().rpartition("@")
    return f"{name.split('+')[0] or name}{at}{domain}" if at else target


def counted_as(request: HttpRequest, target: str) -> str:
    """Under which name a target is counted.

    What somebody logged in does about their own checked address is no stranger's: else whoever
    types that address often enough would keep its owner from it.
    """
    user = request.user
    if isinstance(user, User) and user.is_checked and is_same(user.email, target):
        return f"own {user.pk}"
    return mailbox_of(target)


def check_limit(limit: Limit, request: HttpRequest, target: str, number: int = 1) -> None:
    """Count what is asked for, or raise TooOften."""
    account = str(request.user.pk) if request.user.is_authenticated else ""
    sides = [
        (f"{limit.name} from", client_address(request), limit.per_network),
        (f"{limit.name} by", account, limit.per_network),
        (f"{limit.name} for", counted_as(request, target), limit.each_target),
    ]
    for name, of, an_hour in sides:
        for period, most in (("hour", an_hour), ("day", an_hour * limit.hours)):
            if of and (again_at := COUNTERS[period](name, of, most, min(number, most))):
                tell_once(SecurityEvent.LIMIT_REACHED, request, limit.name)
                raise TooOften(limit, again_at)


def refuse_too_often(view: FormView, form: BaseForm, refusal: TooOften) -> HttpResponse:
    """Show the form again as it was filled in, and say when it can be sent."""
    form.add_error(None, refusal.sentence)
    return refusal.said_by(view.form_invalid(form))
