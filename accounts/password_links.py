"""Links by which a new password is chosen: good until one is set, or the address is another."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator

from accounts.models import User


class PasswordLinks(PasswordResetTokenGenerator):
    """Django's, but a log-in leaves them good.

    Else whoever knows the old password would keep its owner from a new one, by logging in.
    """

    key_salt = "accounts.password_links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk} {user.password} {timestamp} {user.email}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        # The version before makes Django's own.
        return super().check_token(user, token) or default_token_generator.check_token(user, token)


password_links = PasswordLinks()
