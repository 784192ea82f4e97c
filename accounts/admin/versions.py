"""Whoever saves a person's form has seen the person as they are, or is asked to look again."""

from hashlib import sha256
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Customer, User


def version_of(user: User) -> str:
    """Changes with all that the form of a person shows, and when the person closes the account."""
    own = [user.email, user.name, user.is_active, user.is_staff, user.is_superuser]
    rights = [
        sorted(user.groups.values_list("pk", flat=True)),
        sorted(user.user_permissions.values_list("pk", flat=True)),
    ]
    contact = Customer.objects.filter(user=user).values().first()
    shown = [*own, user.closed_at, user.merged_into_id, *rights, contact]
    return sha256(repr(shown).encode()).hexdigest()[:32]


class VersionedPersonForm(forms.ModelForm):
    version = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The row is locked when it is sent, and not yet what was typed.
        self.initial["version"] = self.now = version_of(self.instance)
        self.before = User(email=self.instance.email, is_active=self.instance.is_active)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("version") != self.now:
            self.add_error(None, self.what_changed())
            # What was typed stays, and the next sending counts as one who has seen it.
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("version")] = self.now
            self.data = sent
        return data

    def what_changed(self) -> str:
        state = _("open") if self.before.is_active else _("closed")
        text = _(
            "This person has changed since you opened the page: the address is %(email)s, and the "
            "account is %(state)s. Nothing is saved yet. Look at what stands here, and save again."
        )
        return text % {"email": self.before.email or "–", "state": state}
