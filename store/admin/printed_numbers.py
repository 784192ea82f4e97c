"""Searches by the numbers that stand on paper: R00012 of an order, W00012 of a ticket."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest

from typed.references import number_in


class PrintedNumberMixin(admin.ModelAdmin):
    """A number with its letter finds that row alone; without it, that row comes first."""

    letter: ClassVar[str]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        number = number_in(search_term, self.letter)
        if number is not None and not search_term.strip().isdecimal():
            return queryset.filter(pk=number), False
        found, doubles = super().get_search_results(request, queryset, search_term)
        if number is None:
            return found, doubles
        of_words = Q(pk__in=found.order_by().values("pk"))
        return queryset.filter(Q(pk=number) | of_words), False

    def get_ordering(self, request: HttpRequest) -> Any:
        usual = [*(super().get_ordering(request) or self.opts.ordering or ["-pk"])]
        number = number_in(request.GET.get("q", ""), self.letter)
        if number is None:
            return usual
        return [Case(When(pk=number, then=Value(0)), default=Value(1)), *usual]
