"""What staff write down of a piece: its numbers, and its purchase.

What a sold piece was bought for decides the tax of its sale. So it is written, or changed, on the
piece's own page, where what it was before and why stay in its history.
"""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from money.currency import shop_currency
from money.fields import AmountField
from money.filters import money
from store.admin.picture_forms import name_in_place
from store.history import Kind, record_events
from store.models import Item, Piece
from store.publishing import why_no_margin

BOUGHT = ["purchase_price", "purchase_tax", "purchased_on", "purchased_from"]
STOCK_BOOK = ["stock_number", "serial_number", *BOUGHT]
# What the tax of a sale hangs on.
TAXED_BY = ["purchase_price", "purchase_tax"]


class PieceForm(forms.ModelForm):
    """Saves nothing but what was changed, so that a hold made meanwhile stays."""

    class Meta:
        model = Piece
        fields = STOCK_BOOK
        widgets = {
            "purchased_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "purchased_from": forms.Textarea(attrs={"rows": 1, "cols": 20}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_in_place(self)
        # What was bought before the shop's currency changed stays in that of then.
        price = self.fields.get("purchase_price")
        if isinstance(price, AmountField) and self.instance.purchase_currency != shop_currency():
            price.currency = self.instance.purchase_currency
            price.widget.attrs["placeholder"] = price.currency
            price.help_text = price.currency

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        changed = [name for name in TAXED_BY if name in self.changed_data]
        if self.instance.sold_at and changed:
            self.check_correction(changed)
        elif "purchase_tax" in changed and (item := self.item):
            scheme, tax = item.tax_scheme, self.cleaned_data.get("purchase_tax", "")
            if reason := why_no_margin(scheme, purchase_tax=tax):
                self.add_error("purchase_tax", reason)
        return cleaned

    @property
    def item(self) -> Item | None:
        """Of a new piece the one that was chosen, if one was."""
        known = self.instance.item if self.instance.item_id else self.cleaned_data.get("item")
        return cast("Item | None", known)

    def check_correction(self, changed: list[str]) -> None:
        if "correction" not in self.fields:
            text = _("It is sold: change this on the piece’s own page, where you say why.")
            self.add_error(changed[0], text)
        elif not self.cleaned_data.get("correction"):
            text = _("It is sold: please say why what was written down of its purchase changes.")
            self.add_error("correction", text)

    def save(self, commit: bool = True) -> Piece:  # noqa: FBT001, FBT002
        if not (commit and self.instance.pk):
            super().save(commit)
        elif not self.errors:
            save_changed(self.instance, self)
        return cast(Piece, self.instance)


class SoldPieceForm(PieceForm):
    correction = forms.CharField(
        label=gettext_lazy("Why its purchase is corrected"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("It is sold: what it cost decides the tax. This is kept."),
    )


def save_changed(piece: Piece, form: forms.ModelForm) -> None:
    own = {field.name for field in Piece._meta.concrete_fields}
    piece.save(update_fields=own & set(form.changed_data))


def record_correction(form: forms.ModelForm, actor: User) -> None:
    """Keep what the purchase of a sold piece was before, in the transaction that changes it."""
    piece: Piece = form.instance
    if not piece.sold_at or not {*TAXED_BY} & {*form.changed_data}:
        return
    said = {
        "before": priced(form.initial["purchase_price"], piece),
        "after": priced(piece.purchase_price, piece),
        "why": form.cleaned_data["correction"],
    }
    text = _("%(before)s, now %(after)s: %(why)s") % said
    record_events(Piece.objects.filter(pk=piece.pk), Kind.CORRECTED, actor=actor, note=text)


def priced(amount: Any, piece: Piece) -> str:
    return _("unknown") if amount is None else money(amount, piece.purchase_currency)
