from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from solo.admin import SingletonModelAdmin

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from store.models import ShopProfile

# Where customers send their money, and what could name another account.
BANK_DETAILS = {"account_holder", "iban", "bic", "invoice_note"}


@admin.register(ShopProfile)
class ShopProfileAdmin(SingletonModelAdmin):
    fieldsets = [
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

    def save_model(self, request: HttpRequest, obj: ShopProfile, form: Any, change: bool) -> None:  # noqa: FBT001
        if BANK_DETAILS & {*form.changed_data}:
            require_confirmation(request)
        super().save_model(request, obj, form, change)
        if form.changed_data and isinstance(request.user, User):
            about = ", ".join(form.changed_data)
            tell(SecurityEvent.SETTINGS_CHANGED, request.user, request, about)
