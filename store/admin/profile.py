from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from solo.admin import SingletonModelAdmin

from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from store.admin.profile_form import FIELDSETS, ShopProfileForm
from store.models import ShopProfile

# Where customers send their money, and what could name another account.
BANK_DETAILS = {"account_holder", "iban", "bic", "invoice_note"}


@admin.register(ShopProfile)
class ShopProfileAdmin(SingletonModelAdmin):
    form = ShopProfileForm
    fieldsets = FIELDSETS
    save_on_top = True

    def get_fieldsets(self, request: HttpRequest, obj: ShopProfile | None = None) -> Any:
        """Without the box that takes a logo away where there is none."""
        (title, first), *rest = super().get_fieldsets(request, obj)
        if obj and not obj.logo:
            names = [name for name in first["fields"] if name != "no_logo"]
            first = {**first, "fields": names}
        return [(title, first), *rest]

    def save_model(self, request: HttpRequest, obj: ShopProfile, form: Any, change: bool) -> None:  # noqa: FBT001
        if BANK_DETAILS & {*form.changed_data}:
            require_confirmation(request)
        super().save_model(request, obj, form, change)
        if form.changed_data and isinstance(request.user, User):
            about = ", ".join(form.changed_data)
            tell(SecurityEvent.SETTINGS_CHANGED, request.user, request, about)
