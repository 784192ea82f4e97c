"""What the admins of several models share: what is secret of their rows, and whose turn it is."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import connection
from django.http import HttpRequest, HttpResponse


class SecretsMixin(admin.ModelAdmin):
    """Nobody finds out what no page shows by asking what it begins with.

    Django lets an address filter a list by any field of its model. Nor is anybody led to the
    secret address of a row, by which its customer acts, who may only look.
    """

    secrets: ClassVar[list[str]] = []

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        field = lookup.split("__")[0]
        return field not in self.secrets and super().lookup_allowed(lookup, value, request)

    def leads_to_customers_page(self, request: HttpRequest) -> bool:
        may_change = get_permission_codename("change", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{may_change}"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer: Any = super().render_change_form(request, context, *args, **kwargs)
        if not self.leads_to_customers_page(request):
            answer.context_data["has_absolute_url"] = False
        return cast(HttpResponse, answer)


class LockedMixin(admin.ModelAdmin):
    """A form whose row is locked when it is sent, for Django saves all columns as it has read them.

    Whoever changes the row at that moment waits, or has changed it before the form looks.
    """

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            rows = self.model._default_manager.select_for_update()
            return rows.filter(pk=found.pk).first()
        return found
