"""What of the shop's profile is filled in, and how."""

from typing import Any

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.utils.translation import gettext_lazy as _

from store.admin.closed_days_field import ClosedDaysField
from store.models import ShopProfile

FIELDSETS: list[Any] = [
    (None, {"fields": ["name", "tagline", "accent"]}),
    (
        _("Where and when"),
        {
            "fields": [
                "street",
                "address_extra",
                ("postcode", "city"),
                "country",
                "phone",
                "email",
                "opening_hours",
                "closed_days",
            ]
        },
    ),
    (_("Bags"), {"fields": ["hold_minutes"]}),
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
                ("tax_number", "tax_rate"),
                ("invoice_prefix", "credit_prefix"),
                "margin_note",
                "invoice_note",
            ],
        },
    ),
    (
        _("Withdrawal from contracts"),
        {
            "description": _("What customers are told before they order, and afterwards."),
            "fields": ["withdrawal", "return_costs", "return_to", "days_to_deliver"],
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


class ShopProfileForm(forms.ModelForm):
    closed_days = ClosedDaysField(
        label=_("Closed days"),
        required=False,
        help_text=_(
            "Pages say it from two weeks before. What is ordered then has so many days more to be "
            "paid, and a reservation ends on the next open day; bags hold as ever. Who has ordered "
            "already keeps the day that was named. Empty a line to take it away."
        ),
    )

    class Meta:
        model = ShopProfile
        fields = flatten_fieldsets(FIELDSETS)
