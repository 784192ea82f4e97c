from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.customers import UnknownCountryFilter
from invoices.orders.to_do import TO_DO
from store.models import OrderQuerySet


class ToDoFilter(admin.SimpleListFilter):
    """The orders that ask something of somebody."""

    title = _("to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, to_do.label) for value, to_do in TO_DO.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> OrderQuerySet:
        orders: OrderQuerySet = queryset
        to_do = TO_DO.get(self.value() or "")
        return to_do.find(orders) if to_do else orders


class OrderCountryFilter(UnknownCountryFilter):
    def unknown(self, people: Any) -> Any:
        return people.of_unknown_country()
