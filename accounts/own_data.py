"""What of accounts, log-ins and mails is kept about somebody."""

from collections.abc import Callable
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle

from accounts.events import SecurityEvent
from accounts.models import (
    AddressChange,
    Customer,
    DataLink,
    KnownBrowser,
    Login,
    RecoveryCodes,
    SecurityLogEntry,
    User,
)
from accounts.personal_data import NOT_PERSONAL, SOURCES, Person, Source
from mail.models import Mail

Rows = Callable[[Person], QuerySet[Any]]


def of_account(model: type[Model]) -> Rows:
    return lambda person: model._default_manager.filter(user=person.user or 0)


def of_name(model: type[Model]) -> Rows:
    """What django-axes writes under the address that was typed at the log-in."""
    return lambda person: model._default_manager.filter(person.written("username"))


def accounts(person: Person) -> QuerySet[User]:
    """The account, and those that were joined with it."""
    mine = person.user.pk if person.user else 0
    return User.objects.filter(Q(pk=mine) | Q(merged_into=mine))


def event_in_words(event: str) -> str:
    return str(dict(SecurityEvent.choices).get(event, event))


def changes_in_admin(person: Person) -> QuerySet[LogEntry]:
    """What they did there, and what was done there with their account."""
    mine = person.user.pk if person.user else 0
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(mine))
    return LogEntry.objects.filter(Q(user=mine) | about)


SOURCES.extend(
    [
        Source(
            User,
            accounts,
            [
                *("name", "email", "new_email", "date_joined", "last_login", "email_checked_at"),
                *("closed_at", "is_active", "is_staff"),
            ],
        ),
        Source(Customer, of_account(Customer), [*Customer.SHOWN, "phone"]),
        Source(AddressChange, of_account(AddressChange), ["old", "new", "at", "undone_at"]),
        Source(Login, of_account(Login), ["browser", "address", "began_at"]),
        Source(KnownBrowser, of_account(KnownBrowser), ["seen_at"]),
        Source(TOTPDevice, of_account(TOTPDevice), ["name", "created_at", "last_used_at"]),
        Source(RecoveryCodes, of_account(RecoveryCodes), ["made_at"]),
        Source(
            WebAuthnCredential,
            of_account(WebAuthnCredential),
            ["name", "created_at", "last_used_at", "credential_type", "transports"],
        ),
        Source(WebAuthnUserHandle, of_account(WebAuthnUserHandle), ["handle_hex"]),
        # Whoever did it may have been of the staff: their address and network are not told.
        Source(
            SecurityLogEntry,
            of_account(SecurityLogEntry),
            ["at", "event"],
            in_words={"event": event_in_words},
        ),
        # Whoever typed the address may have been somebody else, whose computer's is not told.
        Source(
            SecurityLogEntry,
            lambda person: SecurityLogEntry.objects.filter(person.written("who"), user=None),
            ["at", "event"],
            in_words={"event": event_in_words},
            is_log=True,
        ),
        Source(AccessLog, of_name(AccessLog), ["attempt_time", "ip_address"], is_log=True),
        Source(AccessAttempt, of_name(AccessAttempt), ["attempt_time"], is_log=True),
        Source(AccessFailureLog, of_name(AccessFailureLog), ["attempt_time"], is_log=True),
        Source(LogEntry, changes_in_admin, ["action_time", "action_flag"]),
        Source(
            DataLink,
            lambda person: DataLink.objects.filter(person.written()),
            ["email", "at"],
            is_log=True,
        ),
        Source(
            Mail,
            lambda person: Mail.objects.filter(person.written("to")),
            ["created_at", "sent_at", "to", "subject", "shown_text"],
            is_log=True,
        ),
    ]
)
NOT_PERSONAL.update(
    {
        "accounts.RetentionPeriod": "how long the owner has data kept",
        "accounts.Guesses": "counts wrong passwords under hashes of which nobody reads whose",
        "accounts.User_groups": "what staff may do",
        "accounts.User_user_permissions": "what staff may do",
        "auth.Group": "what staff may do",
        "auth.Group_permissions": "what staff may do",
        "auth.Permission": "what staff may do",
        "axes.AccessAttemptExpiration": "when a failed log-in is forgotten",
        "contenttypes.ContentType": "names of models",
        "django_otp_webauthn.WebAuthnAttestation": "what the maker of a passkey's device signed",
        "mail.Wording": "words of the shop, and which of its staff changed them",
        "sessions.Session": "what a browser does now, gone with its log-out; log-ins are named",
    }
)
