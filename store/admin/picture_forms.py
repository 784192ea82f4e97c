"""The pictures of an item, each in a row of its own: its order, its words, another file."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from outside.heavy import heavy_work
from store.admin.photos_field import ACCEPTED_TYPES, LAST_POSITION, next_position, not_taken
from store.models import ItemImage
from store.pictures.files import Renditions
from store.pictures.images import ImageRefused, prepare, use


def name_in_place(form: forms.ModelForm) -> None:
    """Name the fields of a table's row: to screen readers, and where there are no columns."""
    for field in form.fields.values():
        field.widget.attrs |= {"aria-label": field.label, "placeholder": field.label}


class ItemImageForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES}),
    )
    position = forms.IntegerField(
        label=_("Position"), required=False, min_value=0, max_value=LAST_POSITION
    )
    renditions: Renditions | None = None

    class Meta:
        model = ItemImage
        fields = ["picture", "alt_text", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_in_place(self)
        self.fields["alt_text"].required = False
        if self.instance.pk:
            self.fields["picture"].required = False
            if not self.instance.is_described:
                self.initial["alt_text"] = ""
                self.fields["alt_text"].widget.attrs["placeholder"] = self.instance.alt_text
        else:
            # An untouched row for one more picture must not count as filled in.
            self.initial["position"] = None

    def clean_picture(self) -> Any:
        file = self.cleaned_data["picture"]
        if file:
            try:
                with heavy_work.place():
                    self.renditions = prepare(file)
            except ImageRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return file

    def save(self, commit: bool = True) -> ItemImage:  # noqa: FBT001, FBT002
        """Without a description, the title stands in its place until somebody writes one."""
        image: ItemImage = self.instance
        image.is_described = bool(image.alt_text)
        image.alt_text = image.alt_text or image.item.title
        return cast(ItemImage, super().save(commit))

    def clean_position(self) -> int:
        """Left empty: after all the others."""
        position = self.cleaned_data["position"]
        if position is None:
            return next_position(self.instance.item_id)
        return int(position)


class ItemImageFormSet(forms.BaseInlineFormSet):
    def write_files(self) -> list[str]:
        """Store the new pictures, before any row is locked: a storage may be far away.

        Return a sentence for each that has no place there; all the rest is saved without it.
        """
        refused = []
        for form in self.forms:
            if form.renditions and not form.cleaned_data.get("DELETE"):
                try:
                    use(form.instance, form.renditions)
                except ImageRefused as refusal:
                    name = form.cleaned_data["picture"].name
                    refused.append(not_taken(name, str(refusal)))
                    if form.instance.pk is None:
                        # Django leaves a new row alone in which nothing was typed.
                        form.changed_data = []
        return refused
