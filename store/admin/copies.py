"""A thing as the customer sees it, and another one like it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from store.admin.forms import unique_slug
from store.models import Item
from store.services import index_items, lock_items
from store.views.catalogue import item_page

# What a thing does not share with another one like it.
ITS_OWN = {
    *("id", "slug", "published", "created_at", "updated_at", "import_ref", "search_text"),
    *("reduced_from", "reduced_to", "certificate"),
}
LONGEST_TITLE = 200


@transaction.atomic
def create_copy(item: Item, copied: dict[str, Any]) -> Item:
    """A new item at the next free address. Clicks on the same one take turns, however many."""
    lock_items([item.pk])
    try:
        with transaction.atomic():
            return Item.objects.create(published=False, slug=unique_slug(item.title), **copied)
    except IntegrityError:
        # Another thing of that title was written down meanwhile.
        return Item.objects.create(published=False, slug=unique_slug(item.title), **copied)


class CopiesMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Any] = {
            "preview": require_safe(self.preview),
            "duplicate": require_POST(self.duplicate),
        }
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"store_item_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        item = get_object_or_404(Item.objects.with_neighbours(), pk=pk)
        return item_page(request, item, is_preview=True)

    def duplicate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Not its photos and pieces: those are of the one thing alone."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        item = get_object_or_404(Item.objects, pk=pk)
        copied = {
            field.attname: getattr(item, field.attname)
            for field in Item._meta.concrete_fields
            if field.name not in ITS_OWN
        }
        copied["title"] = (_("%s (copy)") % item.title)[:LONGEST_TITLE]
        copy = create_copy(item, copied)
        index_items([copy.pk])
        self.log_addition(request, copy, _("A copy of %s") % item.title)
        text = _("This is the copy. It is not published, and has no photos and pieces yet.")
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:store_item_change", copy.pk)
