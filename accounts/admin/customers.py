"""Where people live, in their forms and lists in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.contact_fields import AddressForm, CountryField
from accounts.models import Customer
from accounts.postal import IS_UNKNOWN


class CustomerForm(AddressForm):
    class Meta:
        model = Customer
        fields = [*Customer.COLUMNS, "phone", "staff_notes"]
        field_classes = {"country_code": CountryField}


class CustomerInline(admin.StackedInline):
    model = Customer
    can_delete = False
    form = CustomerForm
    fields = [
        "phone",
        "street",
        "address_extra",
        ("postcode", "city", "region"),
        "country_code",
        "staff_notes",
    ]


class UnknownCountryFilter(admin.SimpleListFilter):
    """Those of whose country only a name is written that nobody knows."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unknown", _("not known"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return self.unknown(queryset) if self.value() == "unknown" else queryset

    def unknown(self, people: Any) -> Any:
        return people.filter(customer__in=Customer.objects.filter(IS_UNKNOWN))
