from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.mixins import LockedMixin
from store.admin.translated import TranslatedAdmin
from store.models import Category


@admin.register(Category)
class CategoryAdmin(LockedMixin, TranslatedAdmin):
    list_display = ["name", "parent", "position", "items_now"]
    list_editable = ["position"]
    list_select_related = ["parent"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter)]
    fields = ["name", "slug", "parent", "position", "nature", "tax_scheme"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """In an order of its own: counting takes away that of the model, which pages need."""
        count = Count("items", filter=Q(items__binned_at=None))
        return Category.objects.annotate(count=count).order_by("position", "name")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Only what is part of nothing may have parts."""
        if db_field.name == "parent":
            kwargs["queryset"] = Category.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("things"))
    def items_now(self, category: Any) -> SafeString:
        address = reverse("admin:store_item_changelist")
        link = '<a href="{}?category__id__exact={}">{}</a>'
        return format_html(link, address, category.pk, category.count)
