"""Log-ins are written down, shown, and ended from afar."""

from datetime import timedelta
from hashlib import sha256

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import client_address, is_address
from accounts.cookies import COOKIES, Cookie, cookie_name
from accounts.events import SecurityEvent, tell
from accounts.logins.models import KnownBrowser, Login
from accounts.logins.words import browser_in_words
from accounts.mail import notify_about_browser
from accounts.models import User
from accounts.secrets import new_secret

# A cookie by which a browser is known again, also after a log-out.
COOKIE = "browser"
KNOWN_FOR = timedelta(days=365)
COOKIES.append(
    Cookie(cookie_name(COOKIE), _("knows a browser in which you have logged in before"), KNOWN_FOR)
)
# So young an account has been opened in this browser a moment ago.
JUST_OPENED = timedelta(hours=1)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def words_of(request: HttpRequest) -> str:
    return browser_in_words(request.headers.get("User-Agent", ""))


def is_known_browser(request: HttpRequest, user: User) -> bool:
    """Whether this person has logged in here before, with all that it takes."""
    secret = request.COOKIES.get(cookie_name(COOKIE), "")
    return (
        bool(secret) and KnownBrowser.objects.filter(user=user, digest=digest_of(secret)).exists()
    )


@transaction.atomic
def record_login(request: HttpRequest, user: User) -> str:
    """Write down that somebody is in, mail them if the browser is new; return its secret."""
    if not request.session.session_key:
        request.session.create()
    browser, address = words_of(request), client_address(request)
    Login.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "browser": browser,
            "address": address if is_address(address) else None,
        },
    )
    if not is_known_browser(request, user):
        tell(SecurityEvent.NEW_BROWSER, user, request, browser)
        if timezone.now() - user.date_joined > JUST_OPENED:
            notify_about_browser(user, browser, address)
    secret = request.COOKIES.get(cookie_name(COOKIE)) or new_secret()
    KnownBrowser.objects.update_or_create(
        user=user, digest=digest_of(secret), defaults={"seen_at": timezone.now()}
    )
    return secret


def living(user: User) -> QuerySet[Login]:
    """The log-ins whose sessions have not run out."""
    session = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=timezone.now())
    return Login.objects.filter(Exists(session), user=user)


@transaction.atomic
def end_logins(logins: QuerySet[Login]) -> int:
    """End sessions wherever they are; return how many there were."""
    keys = list(logins.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    Login.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_other_logins(request: HttpRequest, user: User) -> int:
    others = Login.objects.filter(user=user).exclude(session_key=request.session.session_key)
    return end_logins(others)


def ended_logins() -> QuerySet[Login]:
    session = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=timezone.now())
    return Login.objects.exclude(Exists(session))
