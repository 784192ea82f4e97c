from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from solo.admin import SingletonModelAdmin

from accounts.admin.mixins import LockedMixin
from accounts.confirmation import require_confirmation
from accounts.events import SecurityEvent, tell
from accounts.models import User
from store.admin.profile_form import FIELDSETS, ShopProfileForm
from store.admin.translated import TranslatedAdmin
from store.models import ShopProfile

# All else stands on papers or in mails about paying, where words could name another account.
CHANGED_WITHOUT_ASKING = {
    "tagline",
    "accent",
    "opening_hours",
    "closed_weekdays",
    "closed_days",
    "hold_minutes",
    "days_to_send",
    "days_to_deliver",
    "shipping_by_zones",
    "days_to_pay",
    "remind_days",
    "return_costs",
    "further_languages",
    "currency_rates",
}


@admin.register(ShopProfile)
class ShopProfileAdmin(LockedMixin, TranslatedAdmin, SingletonModelAdmin):
    form = ShopProfileForm
    fieldsets = FIELDSETS
    save_on_top = True

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Of whom it is: rates are confirmed by somebody."""
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: ShopProfile | None = None) -> Any:
        """Without the box that takes a logo away where there is none."""
        (title, first), *rest = super().get_fieldsets(request, obj)
        if obj and not obj.logo:
            names = [name for name in first["fields"] if name != "no_logo"]
            first = {**first, "fields": names}
        return [(title, first), *rest]

    def save_model(self, request: HttpRequest, obj: ShopProfile, form: Any, change: bool) -> None:  # noqa: FBT001
        if form.changed_columns - CHANGED_WITHOUT_ASKING:
            require_confirmation(request)
        super().save_model(request, obj, form, change)
        if form.changed_data and isinstance(request.user, User):
            about = ", ".join(form.changed_data)
            tell(SecurityEvent.SETTINGS_CHANGED, request.user, request, about)
