"""Choosing one of many by typing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest

from typed.references import number_in


class NumberedSelect(AutocompleteSelect):
    @property
    def media(self) -> forms.Media:
        # After Django's own, which makes the box.
        ours = forms.Media(js=["admin/js/autocomplete.js", "admin-shop/named-select.js"])
        return super().media + ours

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        """Django asks the database for whatever was sent, such as letters for a number."""
        numbers = [text for text in map(str, value) if number_in(text) is not None]
        return super().optgroups(name, numbers, attrs)


class NumberedSelectMixin(admin.ModelAdmin):
    """Shows the form again when no number was chosen, instead of failing."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NumberedSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
