"""Which second factors a person has, for whoever has to ask before somebody is in."""

from django.http import HttpRequest
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from accounts.models import User

# In a session in which the password was right, and more is needed.
OWED = "second factor owed"


def factors_of(user: User) -> list[Device]:
    """Apps and passkeys, the oldest first. Recovery codes only stand in for one of them."""
    found: list[Device] = []
    for model in (TOTPDevice, WebAuthnCredential):
        found += model.objects.filter(user=user, confirmed=True)
    return sorted(found, key=lambda device: device.created_at)


def has_factor(user: User) -> bool:
    return any(
        model.objects.filter(user=user, confirmed=True).exists()
        for model in (TOTPDevice, WebAuthnCredential)
    )


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has been let in by a second factor that is still there."""
    return getattr(request.user, "otp_device", None) is not None
