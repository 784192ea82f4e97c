"""Recovery codes; authenticator apps and passkeys are models of django-otp."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin

NUMBER_OF_CODES = 10
# Without what people mistake for each other: 1 and l, 0 and o.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, IN_A_GROUP = 3, 4


def drawn_from(key: str, what: str) -> bytes:
    """What only this shop finds in a key, and nobody the key in."""
    return salted_hmac(f"accounts.factors.{what}", key, algorithm="sha256").digest()


def code_from(key: str, number: int) -> str:
    """59 bits of a key, written as people copy them: `k7mp-2hxa-9tqd`."""
    rest, letters = int.from_bytes(drawn_from(key, f"code {number}")), ""
    while len(letters) < GROUPS * IN_A_GROUP:
        rest, letter = divmod(rest, len(LETTERS))
        letters += LETTERS[letter]
    return "-".join(letters[at : at + IN_A_GROUP] for at in range(0, len(letters), IN_A_GROUP))


def bare(code: str) -> str:
    return "".join(char for char in code.lower() if char in LETTERS)


def digest(code: str, salt: str) -> str:
    """Scrypt: who steals the table shall not find the codes by trying (ASVS 5.0, 6.5.2)."""
    key = hashlib.scrypt(bare(code).encode(), salt=salt.encode(), n=2**14, r=8, p=1, dklen=32)
    return key.hex()


class RecoveryCodes(ThrottlingMixin, Device):  # type: ignore[misc]
    """The codes of one person, each good for one log-in. They are shown once, and kept hashed."""

    user: Any = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    salt: Any = models.CharField(max_length=32, editable=False)
    digests: Any = models.JSONField(default=list, editable=False)
    # When those that are kept now were made.
    made_at: Any = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("recovery codes")
        verbose_name_plural = _("recovery codes")

    @staticmethod
    def codes_by(key: str) -> list[str]:
        return [code_from(key, number) for number in range(NUMBER_OF_CODES)]

    def is_made_by(self, key: str) -> bool:
        return bool(self.salt == drawn_from(key, "salt").hex()[:32])

    def make(self, key: str) -> list[str]:
        """Put new codes in place of all earlier ones, and return them.

        `key` is 128 random bits, and is not kept.
        """
        codes = self.codes_by(key)
        self.salt, self.made_at = drawn_from(key, "salt").hex()[:32], timezone.now()
        self.digests = [digest(code, self.salt) for code in codes]
        self.throttle_reset(commit=False)
        self.save()
        return codes

    def verify_token(self, token: str) -> bool:
        """Use a code up. To be called with the row locked, as `django_otp.verify_token` does."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        found = digest(token, self.salt)
        if found not in self.digests:
            self.throttle_increment()
            return False
        self.digests = [kept for kept in self.digests if kept != found]
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        return 1
