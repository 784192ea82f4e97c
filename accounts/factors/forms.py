from secrets import token_hex
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from accounts.models import User

SALT = "accounts.factors.key"
KEY_BYTES = 20
# So long a page with a key may stand open before its code is typed.
KEY_SECONDS = 3600


def signed_key(user: User) -> str:
    """A new key for an app. Nothing is written down before the app has shown its code."""
    return signing.dumps([user.pk, token_hex(KEY_BYTES)], salt=SALT)


def key_of(signed: str, user: User) -> str:
    """The key in hex, or "" for one that is too old, forged or somebody else's."""
    try:
        owner, key = signing.loads(signed, salt=SALT, max_age=KEY_SECONDS)
    except signing.BadSignature:
        return ""
    return str(key) if owner == user.pk else ""


class CodeField(forms.CharField):
    def __init__(self, *, digits_only: bool, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        if digits_only:
            attrs["inputmode"] = "numeric"
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs)


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = CodeField(
        digits_only=False,
        label=_("Code"),
        help_text=_("Six digits from your app, or one of your recovery codes."),
    )


class AppForm(forms.Form):
    code = CodeField(digits_only=True, label=_("The six digits that the app shows"))
    key = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())
