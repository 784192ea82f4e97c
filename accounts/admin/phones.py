"""Searches by the number of a phone, spelled in any way."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from accounts.phones import digits_in
from typed.phones import significant_digits


class PhoneSearchMixin(admin.ModelAdmin):
    """Finds also by these columns when what is typed may be a phone's number."""

    phone_fields: ClassVar[list[str]] = []

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        found, doubles = super().get_search_results(request, queryset, search_term)
        digits = significant_digits(search_term)
        if not digits:
            return found, doubles
        of_phone = Q()
        for number, field in enumerate(self.phone_fields):
            queryset = queryset.alias(**{f"digits_{number}": digits_in(field)})
            of_phone |= Q(**{f"digits_{number}__contains": digits})
        of_words = Q(pk__in=found.order_by().values("pk"))
        return queryset.filter(of_phone | of_words), False
