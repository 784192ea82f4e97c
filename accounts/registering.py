"""Accounts are opened, and passwords asked for, without telling who has an account.

All of it answers alike, and takes as long, for addresses that have an account and for those that
have none: what there is to say is mailed to the address. An account waits until the link in that
mail is followed. Until then its password is one that Django takes for none, so that nobody is in
it, and whoever opens it once more has as much right to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.addresses import site_of
from accounts.checks import LinkDead, check_token, state_of
from accounts.events import SecurityEvent, tell
from accounts.mail import mail_check, mail_password_page, mail_welcome
from accounts.models import HASH_SIGN, User
from accounts.secrets import new_secret
from accounts.services import address_was_reached

# Links are good for three days; after that, somebody may still tell staff that it is theirs.
KEPT_FOR = timedelta(days=14)
ACCOUNTS_PER_ROUND = 100


@contextmanager
def kept_if(is_kept: bool) -> Iterator[None]:  # noqa: FBT001
    """Do the same work for whom there is nothing to do, and let nothing of it stay."""
    with transaction.atomic():
        yield
        if not is_kept:
            transaction.set_rollback(True)


def welcome_back(email: str) -> User | None:
    """Whoever may log in with an address, or could before they closed their account.

    What staff have closed or joined stays so.
    """
    may = Q(is_active=True) | Q(closed_at__isnull=False, merged_into=None)
    return User.objects.filter(may, email=email).first()


def mail_way_in(event: str, email: str, request: HttpRequest) -> None:
    """Mail where a new password is chosen to whoever has an account with the address."""
    user = welcome_back(email)
    with kept_if(user is not None):
        mail_password_page(event, user or User(pk=0, email=email), site_of(request))


@transaction.atomic
def ask_for_new_password(*, email: str, request: HttpRequest) -> None:
    tell(SecurityEvent.LINK_ASKED, None, request, email)
    mail_way_in("password_reset", email, request)


@transaction.atomic
def register(*, filled_in: User, request: HttpRequest) -> str:
    """Open an account that waits, or tell the owner of the address that there is one.

    `filled_in` has name, address and password. Returns by what the browser is known when the link
    is followed: then it is not asked for the password again.
    """
    tell(SecurityEvent.LINK_ASKED, None, request, filled_in.email)
    own = {"name": filled_in.name, "password": UNUSABLE_PASSWORD_PREFIX + filled_in.password}
    user, _created = User.objects.get_or_create(email=filled_in.email, defaults=own)
    still_waiting = waiting().filter(pk=user.pk, email=user.email, is_active=True)
    # The UPDATE asks once more: its owner may have opened it since it was read.
    if not (user.is_waiting and user.is_active and still_waiting.update(**own)):
        mail_way_in("taken", user.email, request)
        return new_secret()
    user.name, user.password = own["name"], own["password"]
    mail_check(user.email, check_token(user), site_of(request))
    return state_of(user)


@transaction.atomic
def open_account(*, user: User, site: str) -> None:
    """Let in and welcome whoever knows the password: the link to a waiting account was followed.

    Raises LinkDead when somebody else has registered since it was read: that password is another.
    """
    known = {"password": user.password, "email": user.email, "is_active": user.is_active}
    as_read = User.objects.filter(pk=user.pk, **known)
    user.password, user.date_joined = user.password[1:], timezone.now()
    if not as_read.update(password=user.password, date_joined=user.date_joined):
        raise LinkDead
    address_was_reached(user=user)
    mail_welcome(user, site)


def waiting() -> QuerySet[User]:
    """Accounts in which nobody was ever; see `User.is_waiting`."""
    return User.objects.filter(
        password__startswith=UNUSABLE_PASSWORD_PREFIX, password__contains=HASH_SIGN
    )


@transaction.atomic
def open_by_hand(*, user: User, site: str) -> User | None:
    """Open an account that waits, whose owner staff know, and mail where a password is chosen.

    Whoever has typed the address last gave it the one that waits: it counts no more. None when the
    account waits no longer.
    """
    known = waiting().filter(pk=user.pk, email=user.email)
    owner = known.select_for_update().first()
    if owner is None:
        return None
    owner.set_unusable_password()
    owner.date_joined = timezone.now()
    owner.save(update_fields=["password", "date_joined"])
    address_was_reached(user=owner)
    mail_password_page("password_link", owner, site)
    return owner


def let_go_of(user: User) -> bool:
    """Delete an account that waits; one about which staff have written something stays.

    So does one that was opened since it was read.
    """
    try:
        with transaction.atomic():
            for locked in waiting().select_for_update().filter(pk=user.pk):
                locked.delete()
    except ProtectedError:
        return False
    return True


def make_room_for(email: str) -> None:
    """Let go of an account that waits with an address, when its mailbox shows another owner."""
    for user in waiting().filter(email=email):
        let_go_of(user)


def forget_waiting() -> int:
    """Let go of accounts whose links are long too old, or of their passwords. For the timer."""
    count = 0
    too_old = waiting().filter(date_joined__lt=timezone.now() - KEPT_FOR)
    for user in too_old.order_by("pk")[:ACCOUNTS_PER_ROUND]:
        count += 1
        if not let_go_of(user):
            waiting().filter(pk=user.pk).update(password=make_password(None))
    return count
