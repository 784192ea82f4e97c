"""Authenticator apps and passkeys for tests, in the hands of their owners."""

from secrets import token_hex
from time import sleep, time
from typing import Any

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RecoveryCodes, User

SECONDS_OF_A_CODE, SECONDS_TO_TYPE = 30, 4


def make_app(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="Authenticator app")


def make_recovery_codes(user: User) -> list[str]:
    kept: RecoveryCodes = RecoveryCodes.objects.create(user=user, name="recovery")
    return kept.make(token_hex(16))


def shown_by(app: TOTPDevice) -> str:
    """What the app shows now, and for some seconds more."""
    if (left := SECONDS_OF_A_CODE - time() % SECONDS_OF_A_CODE) < SECONDS_TO_TYPE:
        sleep(left)
    return f"{totp(app.bin_key, drift=app.drift):06}"


def log_in_whole(client: Client, user: User) -> TOTPDevice:
    """Log in with password and app, as a browser that has done both."""
    app = TOTPDevice.objects.filter(user=user).first() or make_app(user)
    client.force_login(user)
    session: Any = client.session
    session[DEVICE_ID_SESSION_KEY] = app.persistent_id
    session.save()
    return app
