import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
    """Let somebody else take an address just after the next one who looks for it found nobody."""
    look = QuerySet.get

    def find_nobody(queryset: Any, *args: Any, **kwargs: Any) -> Any:
        if queryset.model is not User:
            return look(queryset, *args, **kwargs)
        patched.stop()
        make_user(email)
        raise User.DoesNotExist

    patched = patch.object(QuerySet, "get", find_nobody)
    patched.start()
    yield


def mails_sent() -> list[EmailMessage]:
    """Let the outbox send, as the timer does; return all that has been sent in this test."""
    send_mails()
    return mail.outbox


def link_in_mail() -> str:
    """Where the link leads that was mailed last."""
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", str(mails_sent()[-1].body))
    assert found
    return found[1]


class Work(NamedTuple):
    """What an answer took and says, as far as strangers can tell."""

    status: int
    page: str
    queries: int
    passwords: int


def work_of(path: str, **typed: str) -> Work:
    """Send a form from a fresh browser and address, with a password that fits none of them."""
    cache.clear()
    queries, client = CaptureQueriesContext(connection), Client()
    with queries, patch.object(MD5PasswordHasher, "encode", autospec=True) as hashing:
        hashing.side_effect = lambda self, password, salt: f"md5${salt}${password}"
        answer = client.post(path, {"password": "wrong-harbour-39", **typed}, follow=True)
    page = answer.text.replace(typed.get("username", ""), "").replace(typed.get("email", ""), "")
    page = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page)
    return Work(answer.status_code, page, len(queries), hashing.call_count)
