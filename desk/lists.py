"""Long lists in the admin."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest


class KeysFirst(ChangeList):
    """Finds out by keys alone which rows stand on a page, and reads only these whole.

    What a list joins and annotates is then asked of its fifty rows, and not of all that it sorts
    and skips. What is found on one page is searched once: Django would do so to count it, to show
    it, and twice for the dates above it.
    """

    def get_results(self, request: HttpRequest) -> None:
        keys = []
        if self.page_num == 1 and not self.show_all:
            keys = keys_of(self.queryset[: self.list_per_page + 1])
            if len(keys) <= self.list_per_page:
                self.queryset = self.rows(keys)
        super().get_results(request)
        if self.multi_page and not self.show_all:
            keys = keys[: self.list_per_page] or keys_of(self.result_list)
            self.result_list = self.rows(keys)

    def rows(self, keys: Iterable[Any]) -> QuerySet[Any]:
        """These as the list shows them, and in its order; who chose them has looked at filters."""
        rows = self.root_queryset.filter(pk__in=keys)
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        return rows.order_by(*self.queryset.query.order_by)


def keys_of(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.prefetch_related(None).values_list("pk", flat=True))


class KeysFirstMixin(admin.ModelAdmin):
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysFirst

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Where a row may be found by several others of its own, by its key, and so once.

        Django would compare whole rows to leave doubles out.
        """
        found, doubles = super().get_search_results(request, queryset, search_term)
        if not doubles:
            return found, False
        return queryset.filter(pk__in=found.order_by().values("pk")), False
