from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group
from django.core import mail
from django.core.mail import EmailMessage
from django.db.models.signals import pre_save
from django.utils import timezone

from accounts.models import Customer, User
from mail.sending import send_mails

PASSWORD = "a long enough pass phrase"


def make_user(email: str = "alice@example.com", **fields: Any) -> User:
    """A customer who can log in with PASSWORD, and whose address was checked."""
    usual = {"name": email.split("@")[0].title(), "email_checked_at": timezone.now()}
    user = User.objects.create_user(email, PASSWORD, **{**usual, **fields})
    Customer.objects.get_or_create(user=user)
    return user


def make_staff(email: str, *, group: str) -> User:
    """A member of one of the staff groups of `accounts.groups`."""
    user = make_user(email, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@contextmanager
def quicker(email: str) -> Iterator[None]:
    """Let somebody else take an address just before the next user is written."""

    def take(**kwargs: Any) -> None:
        pre_save.disconnect(take, sender=User)
        make_user(email)

    pre_save.connect(take, sender=User)
    yield


def mails_sent() -> list[EmailMessage]:
    """Let the outbox send, as the timer does; return all that has been sent in this test."""
    send_mails()
    return mail.outbox
