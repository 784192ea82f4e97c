"""Addresses of visitors that the shop must tell apart, but does not keep."""

from django.utils.crypto import salted_hmac


def hashed(text: str) -> str:
    """A keyed hash, so that no address of a visitor is kept."""
    return salted_hmac("bag.fair_use", text, algorithm="sha256").hexdigest()
