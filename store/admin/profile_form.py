"""What of the shop's profile is filled in, and how."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.utils import flatten_fieldsets
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import AddressForm, CountryField
from accounts.validators import validate_phone
from store.admin.closed_days_field import ClosedDaysField
from store.admin.destination_taxes import DestinationTaxesForm
from store.admin.kept_files import put_into, read_from
from store.admin.photos_field import ACCEPTED_TYPES
from store.admin.rates_field import RatesField
from store.closed_days import DAYS_OF_A_WEEK
from store.models import ShopProfile
from store.pictures.images import ImageRefused
from store.pictures.kept import is_stored, keep
from store.pictures.logo import LOGO, NOTICE, ShopPicture, store_picture, use_picture

PICTURES = [LOGO, NOTICE]
FIELDSETS: list[Any] = [
    (None, {"fields": ["name", "tagline", "logo_picture", "no_logo", "kept_logo", "accent"]}),
    (
        _("Where and when"),
        {
            "fields": [
                "street",
                "address_extra",
                ("postcode", "city", "region"),
                "country_code",
                "phone",
                "email",
                "opening_hours",
                "closed_weekdays",
                "closed_days",
            ]
        },
    ),
    (_("Languages"), {"fields": ["further_languages"]}),
    (_("Bags"), {"fields": ["hold_minutes"]}),
    (_("Prices in other currencies"), {"fields": ["currency_rates"]}),
    (_("Delivery"), {"fields": [("days_to_send", "days_to_deliver"), "shipping_by_zones"]}),
    (
        _("Payment by bank transfer"),
        {
            "description": _("Shown to customers who chose to pay by transfer."),
            "fields": ["account_holder", "iban", "bic", ("days_to_pay", "remind_days")],
        },
    ),
    (
        _("Invoices and tax"),
        {
            "description": _("What is issued already stays as it is."),
            "fields": [
                ("tax_number", "tax_rate", "reduced_rate"),
                ("invoice_prefix", "credit_prefix"),
                ("margin_note", "margin_note_art", "margin_note_antiques"),
                "invoice_note",
            ],
        },
    ),
    (
        _("VAT by the country we send to"),
        {
            "description": _("Orders that are placed already keep their VAT."),
            "fields": ["tax_by_destination", "destination_rates", "confirm_rates"],
        },
    ),
    (
        _("Withdrawal from contracts"),
        {
            "description": _("What customers are told before they order, and afterwards."),
            "fields": [
                *("withdrawal", "return_costs", "return_to", "guarantee"),
                *("notice_picture", "no_notice", "kept_notice"),
            ],
        },
    ),
    (
        _("Legal texts"),
        {
            "description": _("Plain text; an empty line begins a new paragraph."),
            "fields": ["terms", "privacy", "imprint"],
        },
    ),
]


class PicturesMixin(forms.ModelForm):
    """A picture that was sent is stored at once, and named by a form that comes back with an error.

    By column, each has a field that takes it, one that takes it away, and one that names it.
    """

    logo_picture = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES}),
        help_text=_(
            "Stands in the header instead of the name, and on papers. 480 × 80 pixels are enough; "
            "what is larger is made smaller."
        ),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    kept_logo = forms.CharField(required=False, widget=forms.HiddenInput)
    notice_picture = forms.FileField(
        label=_("Official notice of the legal guarantee"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES}),
        help_text=_(
            "Shops that sell to consumers in the EU have to show it before ordering: the "
            "Commission’s picture in your language, in colour and unaltered, as PNG or JPEG. It "
            "stands above the order button instead of the words, and in the order’s confirmation."
        ),
    )
    no_notice = forms.BooleanField(label=_("Take the notice away"), required=False)
    kept_notice = forms.CharField(required=False, widget=forms.HiddenInput)
    new_pictures: dict[str, dict[str, Any]]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.new_pictures = {}
        for picture in PICTURES:
            if found := self.taken(picture) or self.kept_before(picture):
                self.new_pictures[picture.column] = found
                keep([found[picture.column]])
                put_into(self, f"kept_{picture.column}", found)
                kept = gettext("It is kept from before, and need not be chosen again.")
                self[f"{picture.column}_picture"].help_text = kept
        return cleaned

    def taken(self, picture: ShopPicture) -> dict[str, Any]:
        name = f"{picture.column}_picture"
        file = self.cleaned_data.get(name)
        try:
            return store_picture(picture, file) if file else {}
        except ImageRefused as refusal:
            self.add_error(name, str(refusal))
            return {}

    def kept_before(self, picture: ShopPicture) -> dict[str, Any]:
        kept: dict[str, Any] = read_from(self, f"kept_{picture.column}") or {}
        return kept if kept and is_stored(kept[picture.column]) else {}

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002
        for picture in PICTURES:
            found = self.new_pictures.get(picture.column, {})
            if found or self.cleaned_data[f"no_{picture.column}"]:
                use_picture(picture, self.instance, found)
        return super().save(commit)


class ContactMixin(AddressForm):
    """What can be no phone, place or tax number is refused, but never what stands there already."""

    tidies_phone = False

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and "phone" in self.changed_data:
            validate_phone(phone)
        return phone

    def clean_tax_number(self) -> str:
        number: str = self.cleaned_data["tax_number"]
        if number and "tax_number" in self.changed_data and not any(map(str.isdigit, number)):
            raise forms.ValidationError(gettext("A tax number has digits."))
        return number

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        if postcode and "postcode" in self.changed_data and not any(map(str.isalnum, postcode)):
            raise forms.ValidationError(gettext("A postcode has letters or digits."))
        return postcode


class ShopProfileForm(ContactMixin, DestinationTaxesForm, PicturesMixin):
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed every week on"),
        required=False,
        coerce=int,
        choices=WEEKDAYS.items,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "These days do not count for the time to pay, and no reservation ends on one. What "
            "customers read of it stands in the opening hours."
        ),
    )
    further_languages = forms.TypedMultipleChoiceField(
        label=_("Further languages"),
        required=False,
        choices=lambda: settings.LANGUAGES[1:],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Visitors can choose them at the bottom of each page, and are written to in theirs. "
            "The main language is set up with the server, by LANGUAGE_CODE."
        ),
    )
    currency_rates = RatesField(
        label=_("Further currencies"),
        required=False,
        help_text=_(
            "A line each, such as “CHF 0.93”: so much is 1 of your currency worth. Beside prices, "
            "totals of bags and in the checkout stands what that comes to, for information: all "
            "is paid in your own. We write down the day; a rate older than a month is not shown "
            "until you write it anew, without the day or with today’s."
        ),
    )
    closed_days = ClosedDaysField(
        label=_("Closed days"),
        required=False,
        help_text=_(
            "Pages say it from two weeks before. What is ordered then has so many days more to be "
            "paid, and a reservation ends on the next open day; bags hold as ever. Who has ordered "
            "already keeps the day that was named. Empty a line to take it away."
        ),
    )

    def clean_closed_weekdays(self) -> list[int]:
        days: list[int] = self.cleaned_data["closed_weekdays"]
        if len(days) == DAYS_OF_A_WEEK:
            raise forms.ValidationError(gettext("A shop is open on one day at least."))
        return days

    class Meta:
        model = ShopProfile
        fields = flatten_fieldsets(FIELDSETS)
        field_classes = {"country_code": CountryField}
