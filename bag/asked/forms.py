"""What a visitor says who asks what sending a thing costs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import CountryField, LineField, PostcodeField
from accounts.forms import EmailAddressField, IdempotencyKeyField
from accounts.validators import validate_one_line
from bag.asked.models import ShippingRequest
from store.models import Item
from store.shipping.prices import Why
from store.shipping.zones import send, zones_now
from typed.countries import country_name


class ShippingRequestForm(forms.ModelForm):
    """The key makes two clicks one request."""

    country_code = CountryField()
    email = EmailAddressField(help_text=_("For the answer. Nobody else sees it."))
    idempotency_key = IdempotencyKeyField()

    class Meta:
        model = ShippingRequest
        fields = ["country_code", "postcode", "city", "email", "note", "idempotency_key"]
        field_classes = {"postcode": PostcodeField, "city": LineField}
        widgets = {
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        for name in ("postcode", "city"):
            self.fields[name].validators.append(validate_one_line)

    def clean_country_code(self) -> str:
        """Where there is a price, nobody has to ask; where nothing is sent, asking helps nobody."""
        code: str = self.cleaned_data["country_code"]
        sending = send([(self.item, 1)], code, zones_now())
        why = sending.refused.get(self.item.pk)
        if why != Why.ON_REQUEST:
            text = _("For %(country)s you need not ask: see the page of the thing.")
            if why:
                text = _("We do not send it to %(country)s.")
            raise forms.ValidationError(text, params={"country": country_name(code)})
        return code

    def validate_unique(self) -> None:
        """A second click is no error: `bag.asked.services.ask` finds the first."""
