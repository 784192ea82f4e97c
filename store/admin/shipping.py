"""Zones of countries, and their prices."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.mixins import LockedMixin
from store.admin.destination_taxes import unknown_rates
from store.models import ShippingRate, ShippingZone, ShopProfile, ZoneCountry
from typed.countries import countries_in, country_name

FIELDS: list[Any] = ["name", "position", "countries", "prices", "free_from", "on_request"]


class CountriesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        widget = FilteredSelectMultiple(_("countries"), is_stacked=False)
        choices = lazy(lambda: countries_in(get_language() or "en"), list)
        super().__init__(widget=widget, choices=choices, **kwargs)


class ZoneForm(forms.ModelForm):
    countries = CountriesField(label=_("Countries"))

    class Meta:
        model = ShippingZone
        fields = ["name", "position", "prices", "free_from", "on_request"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            codes = self.instance.countries.values_list("code", flat=True)
            self.initial["countries"] = list(codes)

    def clean_countries(self) -> list[str]:
        codes: list[str] = self.cleaned_data["countries"]
        others = ZoneCountry.objects.filter(code__in=codes).exclude(zone=self.instance.pk)
        if taken := others.select_related("zone").first():
            said = {"country": country_name(taken.code), "zone": taken.zone}
            raise forms.ValidationError(_("%(country)s is in “%(zone)s” already."), params=said)
        shop = ShopProfile.get_solo()
        if shop.tax_by_destination and shop.shipping_by_zones:
            known = {*shop.confirmed_rates}
            if missing := unknown_rates({*codes}, shop.country_code, known):
                text = _("Nobody has confirmed the VAT rate of %s: see the shop’s profile.")
                raise forms.ValidationError(text % ", ".join(missing))
        return codes

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        codes = self.cleaned_data["countries"]
        self.instance.countries.exclude(code__in=codes).delete()
        there = {*self.instance.countries.values_list("code", flat=True)}
        ZoneCountry.objects.bulk_create(
            ZoneCountry(zone=self.instance, code=code) for code in codes if code not in there
        )


class RateFormSet(forms.BaseInlineFormSet):
    """Each price is of a size, or up to a weight, as the zone has it."""

    def clean(self) -> None:
        super().clean()
        by_weight = self.instance.prices == ShippingZone.Prices.WEIGHT
        there: set[tuple[Any, Any]] = set()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if not data or data.get("DELETE") or form.errors:
                continue
            key = (data.get("size"), data.get("up_to_grams"))
            if key in there:
                form.add_error("price", gettext("There is a price for this already."))
            there.add(key)
            if by_weight and not data.get("up_to_grams"):
                form.add_error("up_to_grams", gettext("Up to which weight is this the price?"))
            if not by_weight and not data.get("size"):
                form.add_error("size", gettext("For which size is this the price?"))


class RateForm(forms.ModelForm):
    class Meta:
        model = ShippingRate
        fields = ["size", "up_to_grams", "price"]


class RateInline(admin.TabularInline):
    model = ShippingRate
    form = RateForm
    formset = RateFormSet
    extra = 2
    verbose_name_plural = _("prices")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.view_shippingzone")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.change_shippingzone")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.change_shippingzone")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("store.change_shippingzone")


@admin.register(ShippingZone)
class ShippingZoneAdmin(LockedMixin):
    form = ZoneForm
    inlines = [RateInline]
    fields = FIELDS
    list_display = ["name", "position", "number_of_countries", "prices", "free_from", "on_request"]
    list_editable = ["position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        return ShippingZone.objects.annotate(number=Count("countries")).order_by("position", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self.has_change_permission(request, obj) else ["named_countries"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look sees names: Django shows no field that is not of the model."""
        if self.has_change_permission(request, obj):
            return FIELDS
        return ["named_countries" if name == "countries" else name for name in FIELDS]

    @admin.display(description=_("countries"))
    def named_countries(self, zone: ShippingZone) -> str:
        return ", ".join(country_name(each.code) for each in zone.countries.all())

    @admin.display(description=_("countries"))
    def number_of_countries(self, zone: Any) -> int:
        number: int = zone.number
        return number
