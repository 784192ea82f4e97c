from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from store.admin.picture_forms import ItemImageForm, ItemImageFormSet
from store.models import Item, ItemImage


class ItemImageInline(admin.TabularInline):
    model = ItemImage
    form = ItemImageForm
    formset = ItemImageFormSet
    readonly_fields = ["preview"]
    extra = 1
    template = "admin/tabular.html"
    classes = ["pictures"]

    def get_fields(self, request: HttpRequest, obj: Item | None = None) -> list[Any]:
        if self.has_change_permission(request, obj):
            return ["preview", "picture", "alt_text", "position"]
        return ["preview", "alt_text"]

    @admin.display(description=_("preview"))
    def preview(self, image: ItemImage) -> SafeString | str:
        return thumbnail(image) if image.pk else ""


def thumbnail(image: ItemImage) -> SafeString:
    tag = '<img class="thumb" src="{}" alt="{}" width="80" height="80" loading="lazy">'
    return format_html(tag, image.thumb_url, image.alt_text)
