"""Links that are keys: whoever has one may do one thing with one row, and needs no log-in.

Such a link is derived from the shop's SECRET_KEY: the database holds no more than a `nonce` of the
row, of which nobody without that key makes one. It says of which day it is, so that it ages.
Another nonce ends all links that were made of the one before. Keys in SECRET_KEY_FALLBACKS keep
theirs good.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

# The row's primary key, the day as a number, and 128 bits.
LINK = re.compile(r"([0-9]{1,18})-([0-9]{6})-([\w-]{22})", re.ASCII)
SALT = "accounts.links"


class DatedLink(NamedTuple):
    """What stands in a link, before it is known whether the shop has made it."""

    pk: int
    day: int
    key: str

    def opens(self, power: str, nonce: str) -> bool:
        """Whether the shop has made it for this, be it with a key that was in use before."""
        keys = keys_of(power, self.pk, self.day, nonce)
        return any(constant_time_compare(key, self.key) for key in keys)

    @property
    def age(self) -> int:
        """In days."""
        return timezone.localdate().toordinal() - self.day


def keys_of(power: str, pk: int, day: int, nonce: str) -> Iterator[str]:
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        text = f"{power} {pk} {day} {nonce}"
        mac = salted_hmac(SALT, text, secret=secret, algorithm="sha256").digest()
        yield urlsafe_b64encode(mac[:16]).decode().rstrip("=")


def dated_link(power: str, pk: int, nonce: str, on: date | None = None) -> str:
    """Make a link of today, or of another day, to what `power` names of a row."""
    day = (on or timezone.localdate()).toordinal()
    return f"{pk}-{day}-{next(keys_of(power, pk, day, nonce))}"


def read_link(text: str) -> DatedLink | None:
    """What a link says; None when it has not the form of one."""
    if not (found := LINK.fullmatch(text)):
        return None
    return DatedLink(int(found[1]), int(found[2]), found[3])
