"""What staff fill in about quotes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from money.currency import shop_currency
from money.fields import AmountField, NumberField
from money.filters import money
from repairs_restorals.admin.forms import DayField, text_area
from repairs_restorals.models import Quote, QuoteLine, Workshop
from repairs_restorals.models.repair_form import binds_until, form_of
from repairs_restorals.repair_forms import EndsTooSoon
from store.versions import VersionedForm

MAX_LINES_PER_QUOTE = 100
NUMBERS = ("quantity", "tax_rate")
# A kind of lines in the form alone: it is written as a part of negative number, which the version
# before bills as well.
DISCOUNT = "discount"
# What one payment can be.
MAX_QUOTE_TOTAL = Decimal("99999999.99")


def in_currency(form: Any, currency: str) -> None:
    """Have a form's amounts read and shown in a currency that may not be the shop's of now."""
    for field in form.fields.values():
        if isinstance(field, AmountField):
            field.currency = currency


class QuoteForm(VersionedForm, forms.ModelForm):
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    valid_until = DayField(label=_("Valid until"), required=True)
    estimated_on = DayField(label=_("Probably finished on"))

    class Meta:
        model = Quote
        fields = ["intro", "deposit", "deposit_share", "valid_until", "estimated_on"]
        field_classes = {"deposit_share": NumberField}
        widgets = {"intro": text_area(5)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_currency(self, self.instance.currency)

    def clean_valid_until(self) -> Any:
        day = self.cleaned_data["valid_until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed: nobody could accept it."))
        if day < binds_until() and form_of(self.instance):
            raise forms.ValidationError(EndsTooSoon().sentence)
        return day

    def clean_estimated_on(self) -> Any:
        day = self.cleaned_data["estimated_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("deposit") and data.get("deposit_share"):
            self.add_error("deposit_share", _("Give an amount or a share, not both."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What is written, as `quote_services.write_draft` takes it."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def check_deposit(self, lines: "Lines") -> bool:
        """Whether the lines come to the deposit at least, or are still to be written."""
        deposit, total = self.cleaned_data["deposit"], lines.total
        if not (deposit and total) or deposit <= total:
            return True
        more = _("This is more than the whole quote, which comes to %s.")
        self.add_error("deposit", more % money(total, self.instance.currency))
        return False


class LineForm(forms.ModelForm):
    """A line of a quote. Without a description it is an empty row, whatever else stands there.

    A discount is typed as one types a part; its reason is what the line is.
    """

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[*QuoteLine.Kind.choices, (DISCOUNT, _("discount"))],
        initial=QuoteLine.Kind.LABOUR,
    )
    is_discount = False

    class Meta:
        model = QuoteLine
        fields = ["kind", "description", "quantity", "price", "tax_rate"]
        field_classes = dict.fromkeys(NUMBERS, NumberField)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].required = False
        for name, field in self.fields.items():
            # The column says what a field is; a reader hears it from the field itself.
            field.widget.attrs["aria-label"] = str(field.label)
            if name in NUMBERS:
                field.widget.attrs["step"] = "any"

    def has_changed(self) -> bool:
        """Whether more was done to a row than to say of which kind it would be."""
        return bool({*self.changed_data} - {"kind"})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("description") and "description" not in self.errors:
            self.add_error("description", _("Say what it is, or take the line away."))
        price = data.get("price")
        if data.get("kind") == DISCOUNT:
            self.is_discount = True
            data |= {"kind": QuoteLine.Kind.PART, "price": price and abs(price)}
            if price == 0:
                self.add_error("price", _("A discount takes something from the total."))
        elif price is not None and price < 0:
            self.add_error("price", _("What takes from the total is a line of the kind discount."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """The line as it is written: a discount takes its price from the total."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return values | ({"quantity": -values["quantity"]} if self.is_discount else {})


class Lines(forms.BaseFormSet):
    # What stands in each empty row.
    empty_rows: Sequence[dict[str, Any]] = ()
    currency = ""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        empty = (index or 0) - self.initial_form_count()
        if index is None or empty < 0:
            return {}
        return {"initial": self.empty_rows[min(empty, len(self.empty_rows) - 1)]}

    def clean(self) -> None:
        if any(self.errors):
            return
        if self.total > MAX_QUOTE_TOTAL:
            raise forms.ValidationError(_("That is more money than an invoice can ask for."))
        if any(self.of_rate(line["tax_rate"]) < 0 for line in self.values):
            text = _("A discount cannot be more than all else with the same tax.")
            raise forms.ValidationError(text)

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take away")
        form.fields["DELETE"].widget.attrs["aria-label"] = _("Take this row away")
        in_currency(form, self.currency)

    @property
    def values(self) -> list[dict[str, Any]]:
        """The lines that remain, as `quote_services.write_draft` takes them."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.values for form in kept if form.cleaned_data.get("description")]

    def of_rate(self, tax_rate: Decimal | None) -> Decimal:
        """What the lines of a tax rate come to; of all of them when none is named."""
        lines = [line for line in self.values if tax_rate is None or line["tax_rate"] == tax_rate]
        return sum((QuoteLine(**line).total_in(self.currency) for line in lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.of_rate(None)


LineFormSet: type[Lines] = forms.formset_factory(  # type: ignore[assignment]
    LineForm,
    formset=Lines,
    extra=3,
    can_delete=True,
    max_num=MAX_LINES_PER_QUOTE,
    absolute_max=MAX_LINES_PER_QUOTE,
    validate_max=True,
)


def as_typed(line: QuoteLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in LineForm.Meta.fields}
    return values | ({"kind": DISCOUNT, "quantity": -line.quantity} if line.is_discount else {})


def lines_of(quote: Quote, data: Any = None) -> Lines:
    """The lines of a quote and three empty rows: one for labour, two for parts."""
    workshop = Workshop.get_solo()
    written = [as_typed(line) for line in quote.lines.all()]
    formset = LineFormSet(data, initial=written, prefix="lines")
    formset.currency = quote.currency
    rate = workshop.hourly_rate if quote.currency == shop_currency() else None
    labour = {"price": rate, "tax_rate": workshop.tax_rate}
    part = {"kind": QuoteLine.Kind.PART, "tax_rate": workshop.tax_rate}
    formset.empty_rows = [labour, part, part]
    return formset


class DecideForm(forms.Form):
    """What the customer has said; which of the two is said by the button."""

    decision = forms.ChoiceField(choices=[("accept", _("Accepted")), ("decline", _("Declined"))])
    reason = forms.CharField(
        label=_("Who said so, when and how"),
        max_length=Quote._meta.get_field("reason").max_length,
        help_text=_("For example “Mrs Ashdown, on the phone, about noon”. It is kept."),
        widget=text_area(2),
    )
