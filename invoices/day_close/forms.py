"""What staff type at the drawer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import IdempotencyKeyField
from accounts.models import User
from invoices.admin.forms import MoneyField
from invoices.day_close.closing import Signed
from invoices.day_close.counting import CountingForm
from invoices.day_close.figures import OpenDay
from invoices.models import NOTHING, CashMovement
from money.fields import AmountField
from money.filters import money
from store.versions import VersionedForm


class CloseForm(CountingForm, VersionedForm):
    """What was counted, and by whom. A difference is meant when it is said to be."""

    opening = AmountField(
        label=gettext_lazy("In the drawer to begin with"),
        min_value=0,
        help_text=gettext_lazy("What was counted last, unless you say otherwise."),
    )
    counted = AmountField(
        label=gettext_lazy("Counted now"),
        min_value=0,
        help_text=gettext_lazy("Or count notes and coins below: they are added up."),
    )
    is_meant = forms.BooleanField(
        label=gettext_lazy("I have counted again: it is so"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    signed_by = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *data: Any, day: OpenDay, user: User) -> None:
        super().__init__(*data, version=day.version)
        self.day = day
        self.is_off = False
        self.initial.update(opening=day.opening, signed_by=user.name)
        if day.last is None:
            self.fields["opening"].help_text = _(
                "The change that you began with: nobody has counted it yet. 0 if it was empty."
            )
        if not self.each:
            self.fields["counted"].help_text = ""

    @property
    def expected(self) -> Decimal:
        """What should be in the drawer, with what is typed to have been there at first."""
        typed = None if not self.is_bound or self.errors.get("opening") else self["opening"]
        opening = self.cleaned_data.get("opening") if typed else None
        return self.day.expected(self.day.opening if opening is None else opening)

    @property
    def asks_again(self) -> bool:
        """Whether to show what it takes to close with a difference."""
        return self.is_bound and not self.is_valid() and self.is_off

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        opening, counted = data.get("opening"), data.get("counted")
        if opening is None or counted is None:
            return data
        if self.day.last and opening != self.day.opening and not data.get("note"):
            last = money(self.day.opening)
            self.add_error("note", _("Say why it was not the %s that were counted last.") % last)
        wrong = counted - self.day.expected(opening)
        self.is_off = bool(wrong)
        if wrong and not data["is_meant"]:
            self.add_error("counted", self.difference(wrong))
        return data

    def difference(self, wrong: Decimal) -> str:
        words = _("%s are missing.") if wrong < 0 else _("%s are too much.")
        again = _("Count again; if it is so, say so below.")
        said = f"{words % money(abs(wrong))} {again}"
        if not self.is_by_each:
            return said
        counted = _("The notes and coins make %s.") % money(self.cleaned_data["counted"])
        return f"{counted} {said}"

    @property
    def signed(self) -> Signed:
        return Signed(**{name: self.cleaned_data[name] for name in Signed._fields})


class MoveForm(forms.Form):
    """Cash that goes in or out for something else than a sale."""

    amount = MoneyField()
    way = forms.ChoiceField(
        label=gettext_lazy("Which way"),
        choices=[("out", gettext_lazy("taken out")), ("in", gettext_lazy("put in"))],
    )
    reason = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        help_text=gettext_lazy("Such as “stamps”, “to the bank” or “change from the bank”."),
    )
    is_meant = forms.BooleanField(
        label=gettext_lazy("There was more in it: I have taken out that much"), required=False
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *data: Any, day: OpenDay, **options: Any) -> None:
        super().__init__(*data, **options)
        self.day = day
        self.is_too_much = False

    @property
    def asks_again(self) -> bool:
        """Whether to show what it takes to take out more than there should be."""
        return self.is_bound and not self.is_valid() and self.is_too_much

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data["way"] == "in":
            return data
        most = max(NOTHING, self.day.expected(self.day.opening))
        sent = CashMovement.objects.filter(idempotency_key=data["idempotency_key"])
        self.is_too_much = data["amount"] > most and not sent.exists()
        if self.is_too_much and not data["is_meant"]:
            said = _("More than the %s that should be in it. If it is so, say so below.")
            self.add_error("amount", said % money(most))
        return data

    @property
    def signed_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        return -amount if self.cleaned_data["way"] == "out" else amount
