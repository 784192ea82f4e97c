"""Recovery codes are made by a page that knows which there were when it was opened.

A page makes codes once. When it is sent twice, as by a double click, both answers have the same
ones: the browser shows one of them, and nobody knows which. The codes follow from the page's key
and a secret of the shop's, so that nothing of them has to be kept.
"""

from datetime import timedelta
from secrets import token_hex

from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.events import SecurityEvent, tell
from accounts.factors.models import RecoveryCodes
from accounts.locking import lock_account
from accounts.models import User

SALT = "accounts.factors.codes"
PAGE_SECONDS = 3600
# For whoever has clicked twice; they are not shown to anybody who comes back to the page.
SHOWN_AGAIN_FOR = timedelta(seconds=30)


class PageIsOld(Exception):
    """Codes were made since the page was opened, or it is not one of ours."""

    @property
    def sentence(self) -> str:
        return _(
            "No codes were made, for others were since you opened the page. If you do not have "
            "those, make new ones now."
        )


def codes_left(user: User) -> int:
    kept = RecoveryCodes.objects.filter(user=user).first()
    return len(kept.digests) if kept else 0


def kept_by(user: User) -> RecoveryCodes:
    found: RecoveryCodes | None = RecoveryCodes.objects.filter(user=user).first()
    return found or RecoveryCodes(user=user, name="recovery")


def version_of(kept: RecoveryCodes) -> str:
    """Changes when codes are made; nothing of them can be read here."""
    return salted_hmac(SALT, kept.salt, algorithm="sha256").hexdigest()[:32]


def page_for(user: User) -> str:
    """What a page that is opened now is known by."""
    return signing.dumps([user.pk, token_hex(16), version_of(kept_by(user))], salt=SALT)


def key_of(page: str, user: User) -> tuple[str, str]:
    """The key of a page, and which codes there were when it was opened. Raises PageIsOld."""
    try:
        owner, key, version = signing.loads(page, salt=SALT, max_age=PAGE_SECONDS)
    except signing.BadSignature:
        raise PageIsOld from None
    if owner != user.pk:
        raise PageIsOld
    return key, version


@transaction.atomic
def make_codes(*, user: User, page: str, request: HttpRequest) -> list[str]:
    """Put new codes in place of all earlier ones. Raises PageIsOld, and AccountGone."""
    user = lock_account(user)
    key, version = key_of(page, user)
    kept = kept_by(user)
    if kept.is_made_by(key) and timezone.now() - kept.made_at < SHOWN_AGAIN_FOR:
        return kept.codes_by(key)
    if version != version_of(kept):
        raise PageIsOld
    codes = kept.make(key)
    tell(SecurityEvent.CODES_MADE, user, request)
    return codes
