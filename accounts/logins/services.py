"""Log-ins are written down, shown, and ended from afar."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.cookies import COOKIES, Cookie, cookie_name
from accounts.events import SecurityEvent, tell
from accounts.factors.devices import OWED, has_factor, is_verified
from accounts.logins.models import KnownBrowser, Login
from accounts.logins.words import browser_in_words
from accounts.mail import notify_about_browser
from accounts.models import User
from accounts.networks import client_address, is_address
from accounts.secrets import new_secret

# A cookie by which a browser is known again, also after a log-out.
COOKIE = "browser"
KNOWN_FOR = timedelta(days=365)
COOKIES.append(
    Cookie(cookie_name(COOKIE), _("knows a browser in which you have logged in before"), KNOWN_FOR)
)
# Such as at the desk of a shop. Of more, those are forgotten who were not in for the longest.
PEOPLE_PER_BROWSER = 10
# So young an account has been opened in this browser a moment ago.
JUST_OPENED = timedelta(hours=1)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def words_of(request: HttpRequest) -> str:
    return browser_in_words(request.headers.get("User-Agent", ""))


def sent_secrets(request: HttpRequest) -> dict[str, str]:
    """What the browser shows, by digest: one secret for each person who was in."""
    secrets = request.COOKIES.get(cookie_name(COOKIE), "").split(".")
    return {digest_of(secret): secret for secret in secrets[:PEOPLE_PER_BROWSER] if secret}


def known_secret(request: HttpRequest, **whose: Any) -> str:
    """By what somebody is known to have logged in here before, with all that it takes; or "".

    It asks the same of an address whether or not it has an account.
    """
    sent = sent_secrets(request)
    known = KnownBrowser.objects.filter(**whose, digest__in=sent).first()
    return sent[known.digest] if known else ""


def forget_other_browsers(request: HttpRequest, user: User) -> None:
    """Know this person in no browser but this one, and in this one only if so far, too."""
    here = digest_of(known_secret(request, user=user))
    KnownBrowser.objects.filter(user=user).exclude(digest=here).delete()


def remember_browser(request: HttpRequest, user: User, secret: str) -> str:
    """Know this person by a secret, or by a new one that is theirs alone; return what to keep.

    Whoever was in here before has read what the browser kept then, or has even put it there: what
    it sends makes nobody known who was not, and nothing stays that was not made here.
    """
    sent = sent_secrets(request)
    of_anybody = KnownBrowser.objects.filter(digest__in=sent)
    others = {*of_anybody.exclude(user=user).values_list("digest", flat=True)}
    if digest_of(secret) in others:
        of_anybody.filter(user=user, digest=digest_of(secret)).delete()
        secret = ""
    secret = secret or new_secret()
    KnownBrowser.objects.update_or_create(
        user=user, digest=digest_of(secret), defaults={"seen_at": timezone.now()}
    )
    kept = [sent[digest] for digest in sent if digest in others]
    return ".".join([secret, *kept][:PEOPLE_PER_BROWSER])


@transaction.atomic
def record_login(request: HttpRequest, user: User) -> str:
    """Write down that somebody is in, mail them if the browser is new; return what it keeps.

    Nothing of it when there is another password by now: with the one before, nobody is in; nor by
    a password alone when a second factor is there by now, which is owed then. The row stays
    locked, so that whoever sets or adds one finds afterwards what is to be forgotten and ended.
    """
    same = User.objects.filter(pk=user.pk, password=user.password)
    if not same.select_for_update(no_key=True).first():
        return ""
    if has_factor(user) and not is_verified(request):
        request.session[OWED] = True
        return ""
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
    secret = known_secret(request, user=user)
    if not secret:
        tell(SecurityEvent.NEW_BROWSER, user, request, browser)
        if timezone.now() - user.date_joined > JUST_OPENED:
            notify_about_browser(user, browser, address)
    return remember_browser(request, user, secret)


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
