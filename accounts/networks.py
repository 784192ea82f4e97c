"""Where a visitor comes from."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def is_address(text: str) -> bool:
    """Whether it is an IP address, and not one of a link such as `fe80::1%eth0`."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def client_address(request: HttpRequest) -> str:
    """The visitor's address: right-most forwarded one, when a proxy of ours is in front.

    Everything further left in X-Forwarded-For is whatever the visitor sent. What is no
    address is not taken for one: PostgreSQL would refuse to write it down.
    """
    meta = request.META
    return address_of(meta.get("HTTP_X_FORWARDED_FOR", ""), str(meta.get("REMOTE_ADDR", "")))


def address_of(forwarded_for: str, remote: str) -> str:
    """The same, of what a header says and of who has sent it."""
    forwarded = [address.strip() for address in forwarded_for.split(",") if address.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        address = forwarded[-settings.TRUSTED_PROXIES]
        if is_address(address):
            return address
    return remote


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
