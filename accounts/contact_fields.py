"""How people fill in where they live, and by which number they are reached."""

from typing import Any, Self

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.home import own_country
from accounts.models import Customer
from typed.address_forms import AddressShape, address_shape, region_code
from typed.countries import countries_in, country_code
from typed.phones import international
from typed.postcodes import example_for
from typed.text import plain_code, plain_line

LONGEST_PHONE = Customer._meta.get_field("phone").max_length or 0
# The name of the button that shows the fields of another country.
RESHAPE = "reshape"
# Of an address, what not every country has.
PARTS = ("postcode", "city", "region")
CONTACT = {
    "phone": "tel",
    "street": "address-line1",
    "address_extra": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
    "country_code": "country",
}


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
        defaults = {"label": _("Phone"), "max_length": LONGEST_PHONE, "widget": widget}
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
    """One of the countries, by their names in the language of the reader, the shop's first.

    It is always chosen: the admin names a field for typing, as for every column of text.
    """

    default_error_messages = {"invalid_choice": _("We know no country of this name.")}

    def __init__(self, *, max_length: int | None = None, **kwargs: Any) -> None:
        defaults = {"label": _("Country"), "choices": countries_to_choose}
        widget = CountrySelect(attrs={"autocomplete": "country"})
        super().__init__(**{**defaults, **kwargs, "widget": widget})


def countries_to_choose() -> list[tuple[str, str]]:
    return [("", "–"), *countries_in(get_language() or "en", own_country())]


# How each part of a contact is read; for `field_classes`.
CONTACT_FIELDS: dict[str, type[forms.Field]] = {
    "phone": PhoneField,
    "street": LineField,
    "address_extra": LineField,
    "postcode": PostcodeField,
    "city": LineField,
    "region": LineField,
    "country_code": CountryField,
}


def fitting_phone(typed: str, country: str = "") -> str:
    """A number in the form of its country, the shop's if none is said, as long as it fits."""
    found = international(typed, country or own_country())
    return found if len(found) <= LONGEST_PHONE else typed


class AddressForm(forms.ModelForm):
    """Of who lives where, by the form of addresses of that country: what it has, and its names.

    Most live in the country of the shop, which is chosen already. What a country's addresses do not
    have is not shown, and not kept; a page shows the fields of another country with `RESHAPE`.
    """

    may_be_empty = True
    # As it is dialled from everywhere, rather than as somebody has typed it.
    tidies_phone = True
    is_supposed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country_code" in self.fields:
            self.suppose_country()
            self.shape(address_shape(self["country_code"].value() or ""))

    @classmethod
    def reshaped(cls, data: Any, **kwargs: Any) -> Self:
        """The same form with what is typed so far, for the country that was chosen; no errors."""
        sent = cls(data, **kwargs)
        return cls(initial={name: sent[name].value() for name in sent.fields}, **kwargs)

    def suppose_country(self) -> None:
        if self.initial.get("country_code"):
            return
        if typed := self.instance.country:
            text = gettext("“%s” is none that we know: please choose it.")
            self.fields["country_code"].help_text = text % typed
        else:
            self.initial["country_code"] = own_country()
            self.is_supposed = True

    def shape(self, shape: AddressShape) -> None:
        self.shape_shown = shape
        for name in PARTS:
            field = self.fields[name]
            field.label = shape.labels.get(name, field.label)
            if name not in shape.parts:
                field.widget = forms.HiddenInput()
        if shape.regions:
            widget = forms.Select(choices=[("", "–"), *shape.regions.items()])
            widget.attrs = self.fields["region"].widget.attrs
            self.fields["region"].widget = widget

    @property
    def address_fields(self) -> list[tuple[forms.BoundField, bool]]:
        """The fields in the order of the country, and whether something that is sent needs them."""
        parts = [part for part in self.shape_shown.parts if part != "street"]
        hidden = [part for part in PARTS if part not in parts]
        names = ["country_code", "street", "address_extra", *parts, *hidden]
        needed = {*self.shape_shown.needed, "country_code"}
        return [(self[name], name in needed) for name in names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "country_code" not in self.fields:
            return data
        shape = address_shape(data.get("country_code", ""))
        data |= {name: "" for name in PARTS if name not in shape.parts}
        if self.tidies_phone and "phone" in self.changed_data:
            data["phone"] = fitting_phone(data.get("phone", ""), data.get("country_code", ""))
        if self.has_address(data):
            self.check_parts(data, shape)
        is_untouched = self.is_supposed and "country_code" not in self.changed_data
        parts = ("street", "address_extra", *PARTS)
        if self.may_be_empty and is_untouched and not any(data.get(name) for name in parts):
            # Nobody has chosen it, and alone it is no address.
            data["country_code"] = ""
        return data

    def has_address(self, data: dict[str, Any]) -> bool:
        """What is new is in the form of the country; what stood there before is left."""
        return bool({*PARTS, "country_code"} & {*self.changed_data})

    def check_parts(self, data: dict[str, Any], shape: AddressShape) -> None:
        code, postcode = data.get("country_code", ""), data.get("postcode", "")
        if (region := data.get("region")) and shape.regions:
            data["region"] = region_code(code, region)
            if not data["region"]:
                self.add_error("region", gettext("Please choose one of these."))
        if postcode and (example := example_for(code, postcode)):
            text = gettext("This is no postcode of that country: there, one looks like %s.")
            self.add_error("postcode", text % example)
