"""Where a visitor comes from, where the shop was found, and whether a mailbox was reached."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from accounts.models import User, UserManager


def is_address(text: str) -> bool:
    """Whether it is an IP address, and not one of a link such as `fe80::1%eth0`."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


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


def client_address(request: HttpRequest) -> str:
    """The visitor's address: right-most forwarded one, when a proxy of ours is in front.

    Everything further left in X-Forwarded-For is whatever the visitor sent. What is no
    address is not taken for one: PostgreSQL would refuse to write it down.
    """
    sent: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = [address.strip() for address in sent.split(",") if address.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
        if is_address(address):
            return address
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """What one visitor has of addresses: an IPv4 address, or a whole /64 of IPv6."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    # As a server that listens on both sees addresses of the fourth version.
    return str(found.ipv4_mapped or ip_network(f"{address}/64", strict=False))


def is_from_outside(request: HttpRequest) -> bool:
    """Whether it says something of a visitor where a request comes from.

    A private network is a proxy that nobody has counted, and all come from there.
    """
    try:
        return ip_network(network_of(client_address(request)), strict=False).is_global
    except ValueError:
        return False


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
