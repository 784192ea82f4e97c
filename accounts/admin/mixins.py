"""What the admins of several models share: fields by which nobody may search."""

from typing import Any, ClassVar

from django.contrib import admin


class SecretsMixin(admin.ModelAdmin):
    """Nobody finds out what no page shows by asking what it begins with.

    Django lets an address filter a list by any field of its model.
    """

    secrets: ClassVar[list[str]] = []

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        field = lookup.split("__")[0]
        return field not in self.secrets and super().lookup_allowed(lookup, value, request)
