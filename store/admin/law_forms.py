"""What the law asks about a thing, as staff answer it in the thing's form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from money.filters import money
from store.models import Item
from store.models.watched import SentTo
from store.reductions import lowest_before
from store.watched import why_no_papers


class PapersFormMixin(forms.ModelForm):
    """Materials that the law watches: without an answer or papers nothing is published."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        data = self.cleaned_data
        field, reason = why_no_papers(data)
        if data.get("published") and reason:
            self.add_error(field, reason)
        if data.get("sent_to") == SentTo.NOWHERE and data.get("shipping") is not None:
            text = _("It may be sent nowhere: leave shipping empty, then it is for collection.")
            self.add_error("shipping", text)
        return cleaned


class ReductionFormMixin(forms.ModelForm):
    """A reduction is announced from the lowest price of the 30 days before it, or not at all."""

    announced = forms.BooleanField(
        label=_("Say that its price was reduced"),
        required=False,
        help_text=_("Beside it stands the lowest price of the 30 days before, as the law wants."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("announced", self.instance.is_reduced)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        price = self.cleaned_data.get("price")
        item: Item = self.instance
        if not self.cleaned_data.get("announced"):
            item.reduced_from = item.reduced_to = None
        elif price is not None and not (item.reduced_from and item.reduced_to == price):
            self.announce(item, price)
        return cleaned

    def announce(self, item: Item, price: Any) -> None:
        before = lowest_before(item.pk, price) if item.pk else None
        if before is None:
            text = _("It was never in the shop for another price: no reduction is to be told.")
            self.add_error("announced", text)
        elif price >= before:
            text = _("It cost %s within the 30 days before: that is no reduction.")
            self.add_error("announced", text % money(before))
        else:
            item.reduced_from, item.reduced_to = before, price
