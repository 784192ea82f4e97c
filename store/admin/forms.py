from typing import Any

from django import forms
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outside.heavy import heavy_work
from store.models import Item, ItemImage, PastAddress, Piece
from store.pictures.files import Renditions
from store.pictures.images import ImageRefused, prepare, use
from store.pieces import LONGEST_NUMBER

MOST_PIECES = 200
# Room for the `-200` of the last piece.
number_length = LONGEST_NUMBER - len(f"-{MOST_PIECES}")


def not_taken(name: str, reason: str) -> str:
    text = gettext("The picture “%(name)s” was not taken: %(reason)s")
    return text % {"name": name, "reason": reason}


def unique_slug(title: str) -> str:
    """An address for a title that no item has yet."""
    stem = slugify(title)[:200] or "item"
    taken = set(Item.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    past = PastAddress.objects.filter(slug__startswith=stem, item__isnull=False)
    taken |= set(past.values_list("slug", flat=True))
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


class ItemForm(forms.ModelForm):
    """An item, and how many new pieces of it come into the stock book with it."""

    slug = forms.SlugField(
        label=_("Address"),
        max_length=220,
        required=False,
        help_text=_("Made from the title if left empty. Links to earlier ones lead here, too."),
    )
    quantity = forms.IntegerField(
        label=_("How many pieces"), min_value=1, max_value=MOST_PIECES, initial=1
    )
    first_number = forms.CharField(
        label=_("Stock number"),
        max_length=number_length,
        required=False,
        help_text=_("Of the first one; more get -2, -3 … Made by itself if left empty."),
    )

    class Meta:
        model = Item
        fields = [
            "title",
            "slug",
            "category",
            "maker",
            "period",
            "materials",
            "condition",
            "height_cm",
            "width_cm",
            "depth_cm",
            "description",
            "price",
            "shipping",
            "tax_scheme",
            "withdrawal_exception",
            "published",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "quantity" in self.fields:
            quantity = self.fields["quantity"]
            quantity.label = _("Add more pieces")
            quantity.required = False
            quantity.initial = None

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        past = PastAddress.objects.filter(slug=slug, item__isnull=False)
        if other := past.exclude(item=self.instance.pk).select_related("item").first():
            text = _("Links with this address lead to “%(title)s”, which had it before.")
            raise forms.ValidationError(text, params={"title": other.item})
        return slug or unique_slug(self.cleaned_data.get("title", ""))

    def clean_first_number(self) -> str:
        number = str(self.cleaned_data["first_number"])
        if number and Piece.objects.filter(stock_number=number).exists():
            raise forms.ValidationError(_("There is a piece with this stock number already."))
        return number


def name_in_place(form: forms.ModelForm) -> None:
    """Name the fields of a table's row: to screen readers, and where there are no columns."""
    for field in form.fields.values():
        field.widget.attrs |= {"aria-label": field.label, "placeholder": field.label}


class ItemImageForm(forms.ModelForm):
    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    position = forms.IntegerField(
        label=_("Position"), required=False, min_value=0, max_value=32_767
    )
    renditions: Renditions | None = None

    class Meta:
        model = ItemImage
        fields = ["picture", "alt_text", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_in_place(self)
        if self.instance.pk:
            self.fields["picture"].required = False
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

    def clean_position(self) -> int:
        """Left empty: after all the others."""
        position = self.cleaned_data["position"]
        if position is None:
            last = ItemImage.objects.filter(item=self.instance.item_id).aggregate(n=Max("position"))
            return min((last["n"] or 0) + 1, 32_767)
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
