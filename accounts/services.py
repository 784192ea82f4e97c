from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import Customer, User


def send_account_mail(name: str, recipient: str, context: Mapping[str, Any]) -> None:
    """Send `templates/accounts/mail/<name>.txt`, the first line of which is the subject."""
    text = render_to_string(f"accounts/mail/{name}.txt", {**context})
    subject, body = text.strip().split("\n", 1)
    send_mail(subject, body.strip() + "\n", None, [recipient])


@transaction.atomic
def save_profile(*, user: User, name: str, contact: Mapping[str, str]) -> Customer:
    """Write down name, phone and address; the customer's row is made when there is none yet."""
    user.name = name
    user.save(update_fields=["name"])
    customer, _ = Customer.objects.update_or_create(user=user, defaults=contact)
    return customer


@transaction.atomic
def change_email(*, user: User, email: str) -> None:
    """Change the address for log-in and tell the old one, in case somebody else did it.

    Raises IntegrityError when another account has taken it.
    """
    old = user.email
    user.email = email
    user.save(update_fields=["email"])
    mail = partial(send_account_mail, "email_changed", old, {"user": user})
    transaction.on_commit(mail, robust=True)


@transaction.atomic
def deactivate_account(*, user: User) -> None:
    """Close an account. Its orders and invoices stay, as the law on bookkeeping asks."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    mail = partial(send_account_mail, "deactivated", user.email, {"user": user})
    transaction.on_commit(mail, robust=True)
