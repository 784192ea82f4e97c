"""Each form of the admin, by whatever page, keeps what others have changed meanwhile."""

from typing import Any

from django.contrib import admin
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from desk.merging import merging


class MergingMixin(admin.ModelAdmin):
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What a second click, or somebody else, has taken after it was checked is checked once
        more: the form says so beside the field, with everything that was typed.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        return merging(super().get_form(request, obj, *args, **kwargs))

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = merging(super().get_changelist_form(request, **kwargs))
        return type(form.__name__, (form,), {"__module__": form.__module__, "is_of_list": True})

    def save_form(self, request: HttpRequest, form: Any, change: Any) -> Any:
        row = super().save_form(request, form, change)
        if getattr(form, "is_of_list", False):
            keep_columns(row, {*form.changed_data})
        return row

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            rows = {"form": merging(formset.form), "__module__": formset.__module__}
            yield type(formset.__name__, (formset,), rows), inline


def keep_columns(row: Model, changed: set[str]) -> None:
    """Lock a row of a list and take what it says now, but for what was changed: Django has read it
    before its transaction, and saves all columns.
    """
    locked = type(row)._base_manager.select_for_update().filter(pk=row.pk).values().first()
    for column, value in (locked or {}).items():
        if row._meta.get_field(column).name not in changed:
            setattr(row, column, value)


def with_merging(page: type[admin.ModelAdmin]) -> type[admin.ModelAdmin]:
    return type(page.__name__, (MergingMixin, page), {"__module__": page.__module__})
