"""Where the shop was found, and whether a mailbox was reached."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from accounts.models import User, UserManager


def is_checked(user: User | None) -> bool:
    """Whether this person has shown that mail to the account's address reaches them.

    Until then the address says nothing about who it is, and the account counts as a stranger's.
    """
    return user is not None and user.is_checked


def is_same(one: str, other: str) -> bool:
    """Whether two spellings name one mailbox. `straße.example` is another domain than `strasse…`,
    which neither `casefold` nor a database tells apart.
    """
    return UserManager.normalize_email(one) == UserManager.normalize_email(other)


def origin_of(request: HttpRequest) -> str:
    """The shop as browsers name it in `Origin`, with the port that was asked."""
    return f"{request.scheme}://{request.get_host()}"


def site_of(request: HttpRequest) -> str:
    """Where links in mails lead: the address under which the shop was asked.

    Whoever asks may write any port behind the shop's name. Only the one that was truly asked
    is kept, and none where a proxy answers in front.
    """
    host, port = split_domain_port(request.get_host())
    if port and port == request.META.get("SERVER_PORT") and not settings.TRUSTED_PROXIES:
        host = f"{host}:{port}"
    return f"{request.scheme}://{host}"
