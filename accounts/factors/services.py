"""Second factors of a person: what there is, what is added, tried and taken away."""

from base64 import b32encode
from binascii import unhexlify
from collections.abc import Iterator
from datetime import datetime
from time import time
from urllib.parse import quote, urlencode

import django_otp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.events import SecurityEvent, tell
from accounts.factors.codes import codes_left
from accounts.factors.devices import factors_of, has_factor, is_verified
from accounts.factors.models import RecoveryCodes
from accounts.locking import lock_account, lock_row
from accounts.logins.services import end_logins
from accounts.mail import notify_about_factor
from accounts.models import Login, User
from mail.outbox import sender
from typed.languages import speaking

# A code is good for its 30 seconds. How wrong the app's clock goes is known since it was added.
TOLERANCE = 0
TOTP_DIGITS = 6
# Apps and passkeys of one person; each addition is told by mail.
MOST_FACTORS = 10


class TooManyFactors(Exception):
    """Somebody has as many second factors as there may be; `sentence` says what to do."""

    @property
    def sentence(self) -> str:
        words = _("You have %d second factors, and no more can be kept. Remove one of them first.")
        return words % MOST_FACTORS


class NotTheFirst(Exception):
    """Who was let in by a password alone adds none beside another; `sentence` says what to do."""

    @property
    def sentence(self) -> str:
        return _("There is a second factor already. Log in with it, and then add another one.")


class LastFactor(Exception):
    """Whoever works here keeps a second factor; `sentence` says what to do."""

    @property
    def sentence(self) -> str:
        return _("Add another one first: staff need a second factor.")


def has_room(user: User) -> bool:
    """Whether this person may add a factor to those there are."""
    return len(factors_of(user)) < MOST_FACTORS


def make_room(user: User, request: HttpRequest) -> None:
    """To be called before a factor is added, in the same transaction.

    Two additions at once queue at the row of the person: who knows no more than the password may
    have come first to where the other one has seen no factor. Raises NotTheFirst, TooManyFactors,
    and AccountGone.
    """
    user = lock_account(user)
    if has_factor(user) and not is_verified(request):
        raise NotTheFirst
    if not has_room(user):
        raise TooManyFactors


def must_have_factor(user: User) -> bool:
    """Whether nobody gets in as this person by a password alone."""
    return bool(settings.STAFF_SECOND_FACTOR and user.is_staff)


def address_for_app(user: User, key: str) -> str:
    """What an authenticator app reads: the key, and under which name the app shows it.

    The form is Google Authenticator's "Key Uri Format".
    """
    shop = sender().name.replace(":", " ")
    secret = b32encode(unhexlify(key)).decode()
    query = urlencode({"secret": secret, "issuer": shop, "digits": TOTP_DIGITS}, quote_via=quote)
    return f"otpauth://totp/{quote(shop)}:{quote(user.email)}?{query}"


def is_code_of_key(key: str, code: str) -> TOTP | None:
    """The clockwork that made this code from a key in hex, when it did just now."""
    totp = TOTP(unhexlify(key), digits=TOTP_DIGITS)
    totp.time = time()
    return totp if is_number(code) and totp.verify(int(code), tolerance=1) else None


def is_number(code: str) -> bool:
    """Whether it has as many digits as an app shows, and none that only looks like one, as “²”."""
    return code.isdecimal() and len(code) == TOTP_DIGITS


@transaction.atomic
def add_app(*, user: User, key: str, code: str, request: HttpRequest) -> Device | None:
    """Keep the key of an authenticator app that has shown its code; None when it is not its.

    Raises NotTheFirst, TooManyFactors, and AccountGone.
    """
    totp = is_code_of_key(key, code)
    if totp is None:
        return None
    make_room(user, request)
    device = TOTPDevice.objects.create(
        user=user,
        key=key,
        name=_("Authenticator app"),
        drift=totp.drift,
        last_t=totp.t(),
        tolerance=TOLERANCE,
    )
    told_of_addition(device, request)
    return device


def told_of_addition(device: Device, request: HttpRequest) -> None:
    tell(SecurityEvent.FACTOR_ADDED, device.user, request, device.name)
    with speaking(device.user.language):
        notify_about_factor(device.user, _("added: %s") % device.name)


@transaction.atomic
def remove_factor(*, user: User, factor: str, request: HttpRequest) -> bool:
    """Take one away by its `persistent_id`; False when it is not there, or somebody else's.

    With the last one go the recovery codes: they stand in for nothing. Two removals at once queue
    at the row of the person. Raises LastFactor, and AccountGone.
    """
    user = lock_account(user)
    devices = factors_of(user)
    device = next((each for each in devices if each.persistent_id == factor), None)
    if device is None:
        return False
    if len(devices) == 1 and must_have_factor(user):
        raise LastFactor
    device.delete()
    if not has_factor(user):
        RecoveryCodes.objects.filter(user=user).delete()
    tell(SecurityEvent.FACTOR_REMOVED, user, request, device.name)
    with speaking(user.language):
        notify_about_factor(user, _("removed: %s") % device.name)
    return True


@transaction.atomic
def reset_factors(user: User) -> int:
    """Take all factors of somebody away who has lost them; return how many there were.

    Raises AccountGone.
    """
    user = lock_row(user)
    devices = factors_of(user)
    for device in devices:
        device.delete()
    RecoveryCodes.objects.filter(user=user).delete()
    end_logins(Login.objects.filter(user=user))
    tell(SecurityEvent.FACTORS_RESET, user, None)
    with speaking(user.language):
        notify_about_factor(
            user, _("all taken away by the shop: the next log-in asks for new ones")
        )
    return len(devices)


def forget_factors_since(user: User, moment: datetime) -> None:
    """Take away what was added since then, and all codes: nobody knows who has read them."""
    for device in factors_of(user):
        if device.created_at > moment:
            device.delete()
    RecoveryCodes.objects.filter(user=user).delete()


def devices_for(user: User, code: str) -> Iterator[Device]:
    """What may have made such a code: apps show digits, recovery codes have letters."""
    if is_number(code):
        yield from TOTPDevice.objects.filter(user=user, confirmed=True)
    else:
        yield from RecoveryCodes.objects.filter(user=user)


def try_code(user: User, code: str) -> Device | None:
    """The device that has made this code. A code is good once, and wrong ones cost waiting."""
    code = "".join(code.split())
    # Of apps from before, more were good.
    TOTPDevice.objects.filter(user=user, tolerance__gt=TOLERANCE).update(tolerance=TOLERANCE)
    for device in devices_for(user, code):
        if django_otp.verify_token(user, device.persistent_id, code):
            if isinstance(device, RecoveryCodes):
                left = codes_left(user)
                with speaking(user.language):
                    notify_about_factor(user, _("a recovery code was used; %s are left") % left)
            return device
    return None


def must_wait_until(user: User, code: str) -> datetime | None:
    """When the next code may be tried, after wrong ones; each doubles the wait."""
    waits = [device.verify_is_allowed() for device in devices_for(user, "".join(code.split()))]
    until = [why["locked_until"] for allowed, why in waits if not allowed]
    return min(until) if until and len(until) == len(waits) else None
