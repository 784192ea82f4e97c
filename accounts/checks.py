"""Links that are mailed to an address, to see whether it is that of whoever gave it.

Mail alone opens nothing: whoever follows a link is logged in with the account, or knows the
password with which it was opened. Else the owner of an address would let in the stranger who gave
it. A link fits the account as it was when the link was made, so that each is good once.
"""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.address_changes import UNDONE_WITHIN, AddressChange
from accounts.joining import works_here
from accounts.locking import lock_account
from accounts.models import User

CHECK, UNDO = "accounts.checks", "accounts.undo"
GOOD_FOR = timedelta(days=3)


class LinkDead(Exception):
    """What a link was about has changed since it was looked at: it is good for nothing more."""


def state_of(user: User) -> str:
    """What a link fits: the account as it is, of which nothing can be read here."""
    parts = [user.pk, user.email, user.new_email, user.email_checked_at, user.password]
    return salted_hmac(CHECK, "\n".join(map(str, parts))).hexdigest()[:40]


def sealed(value: object, purpose: str) -> str:
    """A signed value for an address, in letters that no log line lets through."""
    return urlsafe_base64_encode(force_bytes(signing.dumps(value, salt=purpose)))


def opened(token: str, purpose: str, good_for: timedelta) -> object:
    """The value in a token; None of one that is too old, or was not made here for this."""
    try:
        text = urlsafe_base64_decode(token).decode()
        return signing.loads(text, salt=purpose, max_age=good_for)
    except (ValueError, signing.BadSignature):
        return None


def check_token(user: User) -> str:
    return sealed([user.pk, state_of(user)], CHECK)


def account_of(token: str) -> User | None:
    """The account that a link is about, while it is as it was when the link was made."""
    match opened(token, CHECK, GOOD_FOR):
        case [int(pk), str(state)]:
            user = User.objects.filter(pk=pk, is_active=True).first()
            return user if user and constant_time_compare(state, state_of(user)) else None
    return None


def lock_linked(user: User) -> User:
    """Lock the account that a link was about. Raises LinkDead when it is not as it was then."""
    locked = lock_account(user)
    if state_of(locked) != state_of(user):
        raise LinkDead
    return locked


def undo_token(change: AddressChange) -> str:
    return sealed(change.pk, UNDO)


def change_of(token: str) -> AddressChange | None:
    """The change of address that a link takes back, unless it was taken back.

    None of whoever works here: the link may have been mailed before, or by the version before.
    """
    match opened(token, UNDO, UNDONE_WITHIN):
        case int(pk):
            change = AddressChange.objects.filter(pk=pk, undone_at=None).first()
            return None if change and works_here(change.user) else change
    return None
