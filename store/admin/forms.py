from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from money.fields import AmountField
from store.admin.law_forms import PapersFormMixin, ReductionFormMixin
from store.admin.photos_field import NewPhotosMixin
from store.models import Item, PastAddress, Piece
from store.models.legal_nature import TaxScheme
from store.pieces import LONGEST_NUMBER
from store.publishing import items_lacking, why_no_margin_for

MOST_PIECES = 200
# Room for the `-200` of the last piece.
number_length = LONGEST_NUMBER - len(f"-{MOST_PIECES}")


SAFETY = ["maker_contact", "responsible_person", "safety_warnings"]
AS_THE_CATEGORY = {
    "nature": _("as its category says, if it does"),
    "tax_scheme": _("as its category says, or else the standard rate"),
}


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


class LegalNatureFormMixin(forms.ModelForm):
    """As what a thing is sold, and its tax: of a new one what its category says, if nothing else.

    One by the margin scheme is not published without what it cost, unless that is ticked.
    """

    without_price = forms.BooleanField(
        label=_("Publish it although nobody has written down what it was bought for"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for name, empty in AS_THE_CATEGORY.items():
                choices = self.fields[name].choices  # type: ignore[attr-defined]
                known = [choice for choice in choices if choice[0]]
                self.fields[name].choices = [("", empty), *known]  # type: ignore[attr-defined]
                self.fields[name].required = False
                self.initial.pop(name, None)

    def clean_nature(self) -> str:
        return self.said_or_of_category("nature", "")

    def clean_tax_scheme(self) -> str:
        return self.said_or_of_category("tax_scheme", TaxScheme.STANDARD)

    def said_or_of_category(self, name: str, otherwise: str) -> str:
        said: str = self.cleaned_data.get(name, "")
        if said or self.instance.pk:
            return said
        category = self.cleaned_data.get("category")
        return str(getattr(category, name, "")) or otherwise

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        data = self.cleaned_data
        scheme, nature = data.get("tax_scheme", ""), data.get("nature", "")
        if reason := why_no_margin_for(self.instance, scheme, nature):
            self.add_error("tax_scheme", reason)
        elif scheme == TaxScheme.MARGIN and data.get("published") and self.lacks_price:
            self.ask_for_price()
        return cleaned

    @property
    def lacks_price(self) -> bool:
        if "purchase_price" in self.fields and self.cleaned_data.get("quantity"):
            return self.cleaned_data.get("purchase_price") is None
        pk = self.instance.pk
        return bool(pk) and Piece.objects.on_sale().filter(item=pk, purchase_price=None).exists()

    def ask_for_price(self) -> None:
        """Show the box that was hidden, and what is lost by ticking it."""
        self.fields["without_price"].widget = forms.CheckboxInput()
        if not self.cleaned_data.get("without_price"):
            text = _(
                "By the margin scheme the tax is reckoned from what a thing was bought for. Write "
                "that down with its pieces, or tick this: the front desk then reminds you."
            )
            self.add_error("without_price", text)


class ItemForm(
    LegalNatureFormMixin, PapersFormMixin, ReductionFormMixin, NewPhotosMixin, forms.ModelForm
):
    """An item, and how many new pieces of it come into the stock book with it."""

    slug = forms.SlugField(
        label=_("Page address"),
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

    purchase_price = AmountField(
        label=_("Bought for, each"),
        required=False,
        min_value=0,
        help_text=_("Of the new pieces. Customers never see it."),
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
            "size_class",
            "weight_grams",
            "nature",
            "tax_scheme",
            "withdrawal_exception",
            "watched_material",
            "certificate",
            "sent_to",
            "maker_contact",
            "responsible_person",
            "safety_warnings",
            "published",
        ]
        widgets = dict.fromkeys(SAFETY, forms.Textarea(attrs={"rows": 2, "cols": 60}))

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


class ItemRowForm(forms.ModelForm):
    """A row that is edited in the list: it has no box to publish it all the same."""

    class Meta:
        model = Item
        fields = ["price", "published"]

    def clean_published(self) -> bool:
        published: bool = self.cleaned_data["published"]
        is_new_to_all = published and not self.initial.get("published")
        if is_new_to_all and items_lacking([self.instance.pk]):
            text = _("What it cost, or a paper, is missing: publish it on its own page.")
            raise forms.ValidationError(text)
        return published
