from decimal import Decimal
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import EmailAddressField, IdempotencyKeyField, NameField
from money.fields import AmountField
from store.catalogue_filter import Choices, Sort
from store.facets import LARGER, SIZES
from store.models import Item, Question
from store.models.question import LONGEST_QUESTION


def price_field(label: Any) -> AmountField:
    return AmountField(label=label, required=False, min_value=0)


class QuestionForm(forms.ModelForm):
    """A question about a thing. The key makes two clicks one question."""

    text = forms.CharField(
        label=_("What would you like to know?"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = NameField()
    email = EmailAddressField(help_text=_("For the answer. Nobody else sees it."))
    idempotency_key = IdempotencyKeyField()

    class Meta:
        model = Question
        fields = ["text", "name", "email", "idempotency_key"]

    def validate_unique(self) -> None:
        """A second click is no error: `store.questions.ask` finds the first."""


class FilterForm(forms.Form):
    """The choices of a visitor to the catalogue, as they stand in the URL.

    What cannot be understood gets an error and is otherwise left out of account.
    """

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    available = forms.BooleanField(label=_("Available now"), required=False)
    price_from = price_field(_("Price from"))
    price_to = price_field(_("to"))
    condition = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=[("", _("any")), *Item.Condition.choices],
    )
    maker = forms.CharField(required=False, max_length=200)
    period = forms.CharField(required=False, max_length=100)
    material = forms.CharField(required=False, max_length=100)
    size = forms.ChoiceField(required=False, choices=[("", ""), *SIZES.items(), (LARGER, "")])
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=Sort.choices)

    def __init__(self, data: QueryDict | dict[str, Any], **kwargs: Any) -> None:
        # Links and bookmarks from before hold what this is called now by its old name.
        if data.get("free") and "available" not in data:
            data = data.copy()
            data["available"] = str(data["free"])
        super().__init__(data, **kwargs)
        if not data.get("q") and data.get("sort") != Sort.BEST:
            self.fields["sort"].choices = Sort.choices[1:]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        lowest, highest = cleaned.get("price_from"), cleaned.get("price_to")
        if isinstance(lowest, Decimal) and isinstance(highest, Decimal) and lowest > highest:
            self.add_error("price_to", _("This is less than the lowest price you chose."))
            # Stays in force: what costs more than one and less than the other is nothing.
            self.cleaned_data["price_to"] = highest
        return self.cleaned_data

    def asking(self, words: str) -> Self:
        """The same choices, with other words."""
        data: dict[str, Any] = {name: self.data.get(name) for name in self.fields}
        return type(self)({**data, "q": words})

    @property
    def choices(self) -> Choices:
        """What of it could be understood."""
        self.is_valid()
        return Choices(**{name: self.cleaned_data.get(name) or None for name in self.fields})

    @property
    def contradicts_itself(self) -> bool:
        """Whether nothing at all can cost what is asked for."""
        return "price_to" in self.errors and self.cleaned_data.get("price_to") is not None

    @property
    def filtered(self) -> bool:
        """Whether anything but the plain list is asked for."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen that the folded part of the form shows."""
        return any(self.data.get(name) for name in self.fields if name != "q")

    @property
    def price_fields(self) -> list[forms.BoundField]:
        return [self["price_from"], self["price_to"]]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        return [self["condition"], self["sort"]]

    def address(self, *, page: int = 1) -> str:
        """The query string of another page with the same choices; empty for the plain list."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            if name not in self.errors and (value := self.data.get(name)):
                query[name] = value
        if page > 1:
            query["page"] = str(page)
        return f"?{query.urlencode()}" if query else ""
