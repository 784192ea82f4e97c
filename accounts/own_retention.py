"""How long accounts, log-ins, mails and logs are kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle

from accounts.data_links import GOOD_FOR
from accounts.erasing import ERASERS, erase_account
from accounts.logins.services import KNOWN_FOR, ended_logins
from accounts.models import (
    ERASED,
    AddressChange,
    Customer,
    DataLink,
    KnownBrowser,
    Login,
    RecoveryCodes,
    SecurityLogEntry,
    User,
)
from accounts.retention import RULES, Rule
from mail.models import Mail

# Staff are told of a mail that failed: it is not taken from under their eyes.
KEEP_FAILED = timedelta(days=90)
ACCOUNTS_AT_ONCE = 25


def older(model: type[Model], field: str) -> Callable[[datetime], QuerySet[Any]]:
    """Rows by a column with the time from which they are counted."""
    return lambda before: model._default_manager.filter(**{f"{field}__lt": before}).annotate(
        over_since=F(field)
    )


def deleted(*models: type[Model]) -> Callable[[list[Any]], None]:
    def take(keys: list[Any]) -> None:
        for model in models:
            model._default_manager.filter(pk__in=keys).delete()

    return take


def mails_over(before: datetime) -> QuerySet[Any]:
    """Never what waits to be sent."""
    since = Mail.objects.annotate(over_since=Coalesce("sent_at", "queued_at"))
    done = Q(state__in=[Mail.State.SENT, Mail.State.UNSENT], over_since__lt=before)
    failed_before = min(before, timezone.now() - KEEP_FAILED)
    return since.filter(done | Q(state=Mail.State.FAILED, over_since__lt=failed_before))


def accounts_over(before: datetime) -> QuerySet[Any]:
    """Of customers, since they were last there. Apps above say which they need still."""
    last = Greatest(
        "date_joined", Coalesce("last_login", "date_joined"), Coalesce("closed_at", "date_joined")
    )
    bare = Q(name=ERASED, email="")
    # As `works_here` says of one.
    nobody: dict[str, Any] = {"is_staff": False, "is_superuser": False}
    nobody |= {"groups": None, "user_permissions": None}
    customers = User.objects.filter(**nobody).exclude(bare)
    customers = customers.exclude(email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or None)
    return customers.annotate(over_since=last).filter(over_since__lt=before)


def take_accounts(keys: list[Any]) -> None:
    for user in User.objects.filter(pk__in=keys):
        for eraser in ERASERS:
            eraser.leave(user)
        erase_account(user)


def fixed(kept_for: timedelta, *rule: Any, **named: Any) -> Rule:
    """A rule with nothing to choose: what it is about works no longer, and no shorter, than so."""
    named |= dict.fromkeys(["default", "least", "most"], kept_for.days)
    return Rule(*rule, **named)


def failed_log_ins(name: str, model: type[Model], like: str = "") -> Rule:
    """Of django-axes; two of its tables stay empty as the shop is set up."""
    return Rule(
        name,
        _("Log-ins that failed, with the address on the internet they came from"),
        _("to make whoever guesses passwords wait"),
        (model,),
        over=older(model, "attempt_time"),
        take=deleted(model),
        default=30,
        least=1,
        most=180,
        like=like,
    )


SESSION = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def ended_sessions(before: datetime) -> QuerySet[Any]:
    """They end that long after they were last used."""
    ended = Session.objects.filter(expire_date__lt=before + SESSION)
    return ended.annotate(over_since=F("expire_date") - SESSION)


LOGS = [
    Rule(
        "mails",
        _("Mails that this shop has sent"),
        _("so that one which was lost can be sent again; one that failed is kept 90 days at least"),
        (Mail,),
        over=mails_over,
        take=deleted(Mail),
        default=lambda: settings.KEEP_MAILS.days,
        least=1,
        most=365,
    ),
    Rule(
        "security-log",
        _("Log-ins, and what was changed about them, with the address on the internet"),
        _(
            "to find out who tries to get into accounts, and to defend ourselves in a dispute; "
            "after an erasure without the name and the e-mail address"
        ),
        (SecurityLogEntry,),
        over=older(SecurityLogEntry, "at"),
        take=deleted(SecurityLogEntry),
        default=lambda: settings.SECURITY_LOG_DAYS,
        least=30,
        most=730,
    ),
    failed_log_ins("failed-log-ins", AccessAttempt),
    failed_log_ins("failed-log-ins-listed", AccessFailureLog, like="failed-log-ins"),
    failed_log_ins("log-ins-listed", AccessLog, like="failed-log-ins"),
    Rule(
        "staff-log",
        _("What staff have changed in the admin, and what it was called"),
        _("to find out who changed what when something is wrong"),
        (LogEntry,),
        over=older(LogEntry, "action_time"),
        take=deleted(LogEntry),
        default=365,
        least=30,
        most=3650,
    ),
    fixed(
        GOOD_FOR,
        "data-links",
        _("Links to what is kept about somebody"),
        _("as long as the link is good"),
        (DataLink,),
        over=older(DataLink, "at"),
        take=deleted(DataLink),
    ),
    fixed(
        SESSION,
        "log-ins",
        _("Where you are logged in"),
        _("until that log-in ends, at the latest after this time"),
        (Login,),
        over=lambda before: ended_logins().annotate(over_since=F("began_at")),
        take=deleted(Login),
    ),
    fixed(
        SESSION,
        "bags",
        _("What is in your bag, and what you were doing here"),
        _("since you were last here: so that you find it again"),
        (),
        over=ended_sessions,
        take=deleted(Session),
    ),
    fixed(
        KNOWN_FOR,
        "browsers",
        _("Browsers in which you have logged in before"),
        _("to tell you of a log-in with another one"),
        (KnownBrowser,),
        over=older(KnownBrowser, "seen_at"),
        take=deleted(KnownBrowser),
    ),
]
ACCOUNTS = Rule(
    "accounts",
    _("Accounts with address, phone and what staff have noted"),
    _(
        "since the last log-in, and while an order, a repair or a question of theirs is kept: to "
        "know who comes back. An account whose address was never confirmed goes after two weeks"
    ),
    (
        *(User, Customer, AddressChange, RecoveryCodes),
        *(TOTPDevice, WebAuthnCredential, WebAuthnUserHandle),
    ),
    over=accounts_over,
    take=take_accounts,
    default=3 * 365,
    least=180,
    most=10 * 365,
    at_once=ACCOUNTS_AT_ONCE,
)
RULES.extend(LOGS)
