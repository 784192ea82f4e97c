"""What is kept about somebody goes, but for what books must keep: apps above say what of theirs.

Nothing is erased while something is under way, for then we need it: Article 17(3)(b) and (e) of
Regulation (EU) 2016/679.
"""

import re
from collections.abc import Callable, Collection, Iterable
from email.utils import parseaddr
from typing import Any, NamedTuple

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle

from accounts.addresses import is_same, site_of
from accounts.events import SecurityEvent, tell
from accounts.joining import works_here
from accounts.locking import lock_row
from accounts.logins.services import end_logins
from accounts.mail import mail_erased
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
from accounts.own_data import accounts
from accounts.personal_data import Person, is_known
from mail.models import Mail

# What is logged of these is what somebody did who worked here, which others must find. Rights are
# not among them: those are logged of whom they were changed of.
DEEDS = [SecurityEvent.MONEY_BACK, SecurityEvent.SETTINGS_CHANGED]
# So an entry about somebody ends that a colleague has caused.
BY_STAFF = re.compile(r"by \S+@\S+$")
OF_ACCOUNT: list[Any] = [
    *(Customer, AddressChange, KnownBrowser, RecoveryCodes),
    *(TOTPDevice, WebAuthnCredential, WebAuthnUserHandle),
]


# What is mailed to it, and from it, is about everybody.
OF_SHOP = gettext_lazy(
    "This is the address of the shop itself, whose mails are about all its customers."
)
# So the entry begins of whoever takes their own data.
MY_DATA = "my data"


class Eraser(NamedTuple):
    # What of an app is still under way, in words.
    under_way: Callable[[Person], Iterable[str]]
    erase: Callable[[Person], object]
    # What goes with an account that nobody has used for long, when the rest went before it.
    leave: Callable[[User], object] = lambda user: None


ERASERS: list[Eraser] = []


class StillNeeded(Exception):
    """Something is under way; `reasons` name it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


def reasons_to_keep(person: Person) -> list[str]:
    """What stands in the way, in words; nothing when all can go."""
    if is_of_staff(person):
        return [_("You work here: a manager takes your rights away first.")]
    reasons = [reason for eraser in ERASERS for reason in eraser.under_way(person)]
    if is_of_shop(person, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]):
        reasons.append(str(OF_SHOP))
    return [*dict.fromkeys(reasons)]


def check_is_over(person: Person) -> None:
    if reasons := reasons_to_keep(person):
        raise StillNeeded(reasons)


def is_of_shop(person: Person, address: str) -> bool:
    return bool(person.email) and is_same(person.email, address)


def is_of_staff(person: Person) -> bool:
    """Whether the account, or one that has the address and may be switched off, has rights."""
    named = User.objects.filter(email=person.email) if person.email else User.objects.none()
    return any(map(works_here, [*([person.user] if person.user else []), *named]))


@transaction.atomic
def erase(person: Person, request: HttpRequest) -> None:
    """Take away what may go, and free the address. Raises StillNeeded, and AccountGone when it is
    erased already.
    """
    if person.user:
        # With the rights of now, not of when the page was opened.
        person = person._replace(user=lock_row(person.user))
    check_is_over(person)
    for eraser in ERASERS:
        eraser.erase(person)
    # Once more, for what has come in meanwhile, such as from another tab: nothing goes then.
    check_is_over(person)
    for user in accounts(person):
        erase_account(user)
    erase_address(person.email)
    erased = person.user and User.objects.get(pk=person.user.pk)
    tell(SecurityEvent.ERASED, erased, request, pseudonym_of(person.email))
    if person.email:
        mail_erased(person.email, site_of(request))


def erase_account(user: User) -> None:
    """Leave the bare row, which invoices and tickets name. Nobody logs in with it any more."""
    former = list(AddressChange.objects.filter(user=user, was_theirs=True, undone_at=None))
    end_logins(Login.objects.filter(user=user))
    for model in OF_ACCOUNT:
        model.objects.filter(user=user).delete()
    hide_in_admin_log(User, [user.pk])
    # An address that nobody has shown to be theirs names nobody: else guesses could be tried.
    who = (user.is_checked and pseudonym_of(user.email)) or f"{ERASED} {user.pk}"
    hide_in_security_log(SecurityLogEntry.objects.filter(user=user), who)
    if user.is_checked:
        erase_address(user.email)
    user.name, user.email, user.new_email, user.checked_email = ERASED, "", "", ""
    user.is_active, user.closed_at, user.last_login, user.email_checked_at = False, None, None, None
    user.set_unusable_password()
    user.save()
    for change in former:
        erase_former_address(change)


def erase_former_address(change: AddressChange) -> None:
    """Of one that the account had for sure; it may be somebody else's by now.

    Then what was mailed there since is theirs, and so is who has tried to log in. The shop's own
    address, and one of somebody of whom something is under way, is left alone.
    """
    person = Person(None, change.old)
    if reasons_to_keep(person):
        return
    if User.objects.filter(email=change.old).exists() or is_known(person):
        Mail.objects.filter(to=change.old, created_at__lte=change.at).delete()
    else:
        erase_address(change.old)


def hide_in_security_log(logged: QuerySet[SecurityLogEntry], who: str) -> None:
    """Leave what happened, when and from where; of what staff have done, also who did it.

    Else whoever misused an account could wipe the traces away: Article 17(3)(e) and recital 49 of
    Regulation (EU) 2016/679. It goes when its own time is over.
    """
    by_staff = Q(event__in=DEEDS) | Q(event=SecurityEvent.EXPORTED) & ~Q(about__startswith=MY_DATA)
    logged = logged.exclude(by_staff)
    for entry in logged.filter(about__contains="by "):
        who_did_it = BY_STAFF.search(entry.about)
        rest = who_did_it[0] if who_did_it else ""
        SecurityLogEntry.objects.filter(pk=entry.pk).update(who=who, about=rest)
    logged.exclude(about__contains="by ").update(who=who, about="")


def erase_address(email: str) -> None:
    """What was written under an address: mails to it and on its behalf, and tries to log in.

    Of one that nobody has shown to be theirs, all of that may be somebody else's.
    """
    if not email:
        return
    for model in (AccessLog, AccessAttempt, AccessFailureLog):
        model.objects.filter(username=email).delete()
    logged, who = SecurityLogEntry.objects.all(), pseudonym_of(email)
    hide_in_security_log(logged.filter(Q(who=email) | Q(about=email, user=None)), who)
    # Somebody else has done this, to whom it was about another.
    logged.filter(about=email).update(about=who)
    DataLink.objects.filter(email=email).delete()
    Mail.objects.filter(Q(to=email) | Q(reply_to=email)).delete()


def erase_mails(person: Person, mine: QuerySet[Any], events: Collection[str]) -> None:
    """What was mailed on such occasions, for these rows, to and from addresses that they name.

    Not where somebody else has an account, or such rows, under one: it may be about those.
    """
    keys = list(mine.values_list("pk", flat=True))
    other = mine.exclude(email__in=["", person.email]).values_list("email", flat=True)
    for email in {*other}:
        rows = mine.model._default_manager.filter(email=email).exclude(pk__in=keys)
        owners = User.objects.filter(email=email).exclude(pk__in=accounts(person).values("pk"))
        if not (rows.exists() or owners.exists()):
            sent = Mail.objects.filter(Q(to=email) | Q(reply_to=email))
            sent.filter(event__in=events).delete()


def hide_in_admin_log(model: type[Model], keys: Iterable[Any]) -> None:
    """Take out of what staff did with rows how those were called, and all words."""
    kind = ContentType.objects.get_for_model(model)
    about = LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
    about.update(object_repr=ERASED, change_message="")


def pseudonym_of(email: str) -> str:
    """What stands for an erased address in the security log: the same in each of its entries."""
    if not email:
        return ""
    digest = salted_hmac("accounts.erasing", email, algorithm="sha256").hexdigest()
    return f"{ERASED} {digest[:16]}"
