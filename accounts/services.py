from collections.abc import Mapping

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.events import SecurityEvent, tell
from accounts.locking import lock_account
from accounts.logins.services import end_other_logins, forget_other_browsers
from accounts.mail import notify_about_account
from accounts.models import Customer, User


@transaction.atomic
def save_profile(*, user: User, name: str, contact: Mapping[str, str]) -> Customer:
    """Write down name, phone and address; the customer's row is made when there is none yet.

    Raises AccountGone.
    """
    user = lock_account(user)
    user.name = name
    user.save(update_fields=["name"])
    customer, _ = Customer.objects.update_or_create(user=user, defaults=contact)
    return customer


@transaction.atomic
def deactivate_account(*, user: User) -> None:
    """Close an account. Its orders and invoices stay, as the law on bookkeeping asks.

    Whoever has its mailbox can open it again; see `reopen_account`. Raises AccountGone, so that
    nobody opens again what staff have closed meanwhile.
    """
    user = lock_account(user)
    user.is_active = False
    user.closed_at = timezone.now()
    user.save(update_fields=["is_active", "closed_at"])
    notify_about_account("deactivated", user.email, user)


def reopen_account(*, user: User) -> bool:
    """Open an account that its owner has closed; False for any other. The mailbox was reached."""
    closed = User.objects.filter(
        pk=user.pk, is_active=False, closed_at__isnull=False, merged_into=None
    )
    return bool(closed.update(is_active=True, closed_at=None))


def address_was_reached(*, user: User) -> None:
    """Note that a link that was mailed to the account's address was followed.

    One that has another address by now, or none since it was erased, stays as it is.
    """
    user.email_checked_at, user.checked_email = timezone.now(), user.email
    reached = {"email_checked_at": user.email_checked_at, "checked_email": user.email}
    User.objects.filter(pk=user.pk, email=user.email).update(**reached)


@transaction.atomic
def password_was_changed(*, user: User, request: HttpRequest) -> None:
    """Tell whoever has the account, and end what was begun with the old password elsewhere."""
    end_other_logins(request, user)
    forget_other_browsers(request, user)
    tell(SecurityEvent.PASSWORD_CHANGED, user, request)
    notify_about_account("password_changed", user.email, user)
