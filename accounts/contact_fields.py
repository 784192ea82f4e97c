"""How people fill in where they live, and by which number they are reached."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.home import own_country
from accounts.models import Address, Customer
from typed.countries import countries_in, country_code
from typed.text import plain_code, plain_line

CONTACT = {
    "phone": "tel",
    "street": "address-line1",
    "address_extra": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "country_code": "country",
}


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
        longest = Customer._meta.get_field("phone").max_length
        defaults = {"label": _("Phone"), "max_length": longest, "widget": widget}
        super().__init__(**{**defaults, **kwargs})

    def to_python(self, value: Any) -> str:
        return plain_code(super().to_python(value) or "")


class PostcodeField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return plain_code(super().to_python(value) or "")


class LineField(forms.CharField):
    """A part of an address, a title, or whatever else stands on one line."""

    def to_python(self, value: Any) -> str:
        return plain_line(super().to_python(value) or "")


class CountrySelect(forms.Select):
    """Takes the name of a country, too, from a page of the release before, which has no codes."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        found = super().value_from_datadict(data, files, name)
        if found is None and (typed := data.get(name.replace("country_code", "country"))):
            return country_code(typed) or typed
        return found


class CountryField(forms.ChoiceField):
    """One of the countries, by their names in the language of the reader, the shop's first."""

    default_error_messages = {"invalid_choice": _("We know no country of this name.")}

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        widget = CountrySelect(attrs={"autocomplete": "country"})
        defaults = {"label": _("Country"), "choices": countries_to_choose, "widget": widget}
        super().__init__(**{**defaults, **kwargs})


def countries_to_choose() -> list[tuple[str, str]]:
    return [("", "–"), *countries_in(get_language() or "en", own_country())]


# How each part of a contact is read; for `field_classes`.
CONTACT_FIELDS: dict[str, type[forms.Field]] = {
    "phone": PhoneField,
    "street": LineField,
    "address_extra": LineField,
    "postcode": PostcodeField,
    "city": LineField,
    "country_code": CountryField,
}


class AddressForm(forms.ModelForm):
    """Of who lives where: most in the country of the shop, which is chosen already."""

    may_be_empty = True
    is_supposed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("country_code")
        if field is None or self.initial.get("country_code"):
            return
        if typed := self.instance.country:
            text = gettext("“%s” is none that we know: please choose it.")
            field.help_text = text % typed
        else:
            self.initial["country_code"] = own_country()
            self.is_supposed = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_untouched = self.is_supposed and "country_code" not in self.changed_data
        if (
            self.may_be_empty
            and is_untouched
            and not any(data.get(name) for name in Address.COLUMNS[:-1])
        ):
            # Nobody has chosen it, and alone it is no address.
            data["country_code"] = ""
        return data
