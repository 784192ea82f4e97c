"""How the category of a thing is chosen."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from store.models import Category


class OneCategoryMixin(admin.ModelAdmin):
    """The only category is chosen already; beside the field, one is added, and nothing else done.

    A category that is changed or deleted while a thing is written down is a slip.
    """

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        first_two = list(Category.objects.values_list("pk", flat=True)[:2])
        return {"category": first_two[0], **initial} if len(first_two) == 1 else initial

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "category":
            for way in ("change", "delete", "view"):
                setattr(field.widget, f"can_{way}_related", False)
        return field
