"""Links by which somebody chooses a password, when staff want them to."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.mail import post_password_link
from accounts.models import User


def mail_password_link(user: User, site: str) -> None:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    post_password_link(user, {"user": user, "uid": uid, "token": token}, site)
