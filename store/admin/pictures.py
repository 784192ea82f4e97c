from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from store.admin.picture_forms import ItemImageForm, ItemImageFormSet
from store.admin.translated import form_in_languages, further_languages, name_in
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
            further = [name_in("alt_text", code) for code in further_languages()]
            return ["preview", "picture", "alt_text", *further, "position"]
        return ["preview", "alt_text"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formfield = partial(self.formfield_for_dbfield, request=request)
        kwargs["form"] = form_in_languages(self.form, ItemImage, formfield)
        return super().get_formset(request, obj, **kwargs)

    @admin.display(description=_("preview"))
    def preview(self, image: ItemImage) -> SafeString | str:
        return thumbnail(image) if image.pk else ""


def thumbnail(image: ItemImage) -> SafeString:
    tag = '<img class="thumb" src="{}" alt="{}" width="80" height="80" loading="lazy">'
    return format_html(tag, image.thumb_url, image.alt_text)


def no_thumbnail() -> SafeString:
    """In the place of one, so that a row of a list is laid out like its neighbours."""
    none = pgettext("of a picture", "none")
    return format_html('<span class="thumb thumb--none">{}</span>', none)
