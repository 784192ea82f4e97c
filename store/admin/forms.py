from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from store.admin.photos_field import NewPhotosMixin
from store.models import Item, PastAddress, Piece
from store.pieces import LONGEST_NUMBER

MOST_PIECES = 200
# Room for the `-200` of the last piece.
number_length = LONGEST_NUMBER - len(f"-{MOST_PIECES}")


def unique_slug(title: str) -> str:
    """An address for a title that no item has yet."""
    stem = slugify(title)[:200] or "item"
    taken = set(Item.with_bin.filter(slug__startswith=stem).values_list("slug", flat=True))
    past = PastAddress.objects.filter(slug__startswith=stem, item__isnull=False)
    taken |= set(past.values_list("slug", flat=True))
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


class ItemForm(NewPhotosMixin, forms.ModelForm):
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
