from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import EmailAddressField
from accounts.models import User


class WaitlistForm(forms.Form):
    """Where to write when it is a visitor's turn; customers need not say."""

    email = EmailAddressField(help_text=_("Only for mails about this line. Nobody else sees it."))

    def __init__(self, *args: Any, customer: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if customer:
            del self.fields["email"]
        self.customer = customer

    def clean(self) -> dict[str, Any]:
        address = {"email": self.customer.email} if self.customer else {}
        return {**self.cleaned_data, **address}
